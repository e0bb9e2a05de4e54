import Contracts
import Persistence
import Primitives

/// Wakes those who lead items through their batches.
final class BatchWork: Sendable {
    private let (fetching, running) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))

    func wake() {
        _ = fetching.trySend(())
        _ = running.trySend(())
    }

    /// Waits for the next `wake`, or a while.
    func wait(isFetched: Bool) async throws {
        do {
            _ = try await withDeadline(.seconds(2)) { try await (isFetched ? self.running : self.fetching).next() }
        } catch is DeadlineExceeded {
            // Wakes may be lost when the service is killed: the rows say what is to be done.
        }
    }
}

extension JobService {
    /// URLs that are fetched at once.
    private static let fetches = 4
    /// Items that are led on at once.
    private static let strides = 32

    /// Leads the items of all batches through their steps, until the task is cancelled.
    ///
    /// The rows are the truth: an item moves on in the transaction that makes its next job, and only from where it was seen, so
    /// that every step is taken once, whenever the service is killed.
    func runBatches() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for isFetched in [true, false] { group.addTask { try await self.leadBatches(isFetched: isFetched) } }
            try await group.next()
            group.cancelAll()
        }
    }

    private func leadBatches(isFetched: Bool) async throws {
        while true {
            do {
                let limit = isFetched ? Self.strides : Self.fetches
                let items = try await database.read { try BatchStore.due(isFetched: isFetched, limit: limit, on: $0) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for item in items { group.addTask { try await isFetched ? self.advance(item) : self.fetch(item) } }
                    try await group.waitForAll()
                }
                if !items.isEmpty { continue }
            } catch let error as any CodedError {
                Self.log.warning("a batch can not go on and will be tried again", ["error": .string("\(error)")])
            }
            try await batchWork.wait(isFetched: isFetched)
        }
    }

    private func fetch(_ item: BatchStore.Item) async throws {
        guard case .url(let url) = item.source, let remoteInputs,
            let batch = try await database.read({ try BatchStore.find(item.batch, on: $0) })
        else { return try await end(item, JobProblem(code: "no-input", message: "the input can not be fetched here")) }
        do {
            let file = try await remoteInputs.fetch(url, owner: batch.owner, key: "\(item.batch)-\(item.position)")
            try await database.write { try BatchStore.place(file, item, on: $0) }
            batchWork.wake()
        } catch let problem as JobProblem {
            if Task.isCancelled { throw CancellationError() }
            try await end(item, problem)
        }
    }

    /// Takes an item's next step, or ends it.
    private func advance(_ item: BatchStore.Item) async throws {
        guard let id = item.job else { return try await start(item, at: 0, with: item.file) }
        guard let job = try await database.read({ try JobStore.find(id, on: $0) }) else {
            return try await end(item, JobProblem(code: "job-not-found", message: "the job \(id) is not kept any more"))
        }
        switch job.state {
        case .queued, .running: return
        case .failed, .cancelled:
            try await database.write { try BatchStore.end(item, job.state, job.problem, on: $0) }
        case .succeeded where item.step + 1 == item.parameters.count:
            try await database.write { try BatchStore.end(item, .succeeded, on: $0) }
        case .succeeded:
            try await start(item, at: item.step + 1, with: job.result?.files.first)
        }
    }

    private func start(_ item: BatchStore.Item, at step: Int, with file: JobFile?) async throws {
        guard let batch = try await database.read({ try BatchStore.find(item.batch, on: $0) }),
            batch.steps.indices.contains(step), let operation = catalogue[batch.steps[step].operation]
        else { return try await end(item, JobProblem(code: "unknown-operation", message: "the step's operation is gone")) }
        guard let file else {
            return try await end(item, JobProblem(code: "no-output", message: "the step before gave no file"))
        }
        let draft = try await draft(operation, [file], item.parameters[step], item.batch, owner: batch.owner)
        let isPlaced = try await database.write { connection -> Bool in
            guard try BatchStore.place(draft.job.id, step: step, item, on: connection) else { return false }
            try self.insert(draft, on: connection)
            return true
        }
        if isPlaced {
            count([draft])
        } else if let result = draft.job.result {
            await releaseBlobs(of: result, job: draft.job.id)
        }
    }

    private func end(_ item: BatchStore.Item, _ problem: JobProblem) async throws {
        try await database.write { try BatchStore.end(item, .failed, problem, on: $0) }
    }
}
