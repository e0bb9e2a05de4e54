import Contracts
import Persistence
import Primitives

/// Wakes those who lead items through their batches.
final class BatchWork: Sendable {
    private let (fetching, leading) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))

    func wake() {
        _ = fetching.trySend(())
        _ = leading.trySend(())
    }

    /// Waits until there may be something to fetch.
    func waitToFetch() async throws { try await Self.wait(for: fetching) }

    /// Waits until there may be an item to lead on.
    func waitToLead() async throws { try await Self.wait(for: leading) }

    private static func wait(for channel: BoundedChannel<Void>) async throws {
        do {
            _ = try await withDeadline(.seconds(2)) { try await channel.next() }
        } catch is DeadlineExceeded {
            // Wakes may be lost when the service is killed: the rows say what is to be done.
        }
    }
}

extension JobService {
    /// Items that are led on at once.
    private static let strides = 32

    /// Leads the items of all batches through their steps, until the task is cancelled.
    ///
    /// The rows are the truth: an item moves on in the transaction that makes its next job, and only from where it was seen, so
    /// that every step is taken once, whenever the service is killed.
    func runBatches() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.leadBatches() }
            group.addTask { try await self.fetchInputs() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func leadBatches() async throws {
        while true {
            do {
                let items = try await database.read { try BatchStore.due(limit: Self.strides, on: $0) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for item in items { group.addTask { try await self.advance(item) } }
                    try await group.waitForAll()
                }
                if !items.isEmpty { continue }
            } catch let error as any CodedError {
                Self.log.warning("a batch can not go on and will be tried again", ["error": .string("\(error)")])
            }
            try await batchWork.waitToLead()
        }
    }

    /// Takes an item's next step, or ends it.
    private func advance(_ item: BatchStore.Item) async throws {
        guard let id = item.job else { return try await start(item, at: 0, with: item.file) }
        guard let job = try await database.read({ try JobStore.findBrief(id, on: $0) }) else {
            return try await end(item, JobProblem(code: "job-not-found", message: "the job \(id) is not kept any more"))
        }
        switch job.state {
        case .queued, .running: return
        case .failed, .cancelled:
            try await database.write { try BatchStore.end(item, job.state, job.problem, on: $0) }
        case .succeeded:
            try await start(item, at: item.step + 1, with: job.result?.files.first)
        }
    }

    private func start(_ item: BatchStore.Item, at step: Int, with file: JobFile?) async throws {
        guard let batch = try await database.read({ try BatchStore.find(item.batch, on: $0) }) else { return }
        guard step < batch.steps.count else {
            return try await database.write { try BatchStore.end(item, .succeeded, on: $0) }
        }
        guard let operation = catalogue[batch.steps[step].operation] else {
            return try await end(item, JobProblem(code: "unknown-operation", message: "the step's operation is gone"))
        }
        guard let file else {
            return try await end(item, JobProblem(code: "no-output", message: "the step before gave no file"))
        }
        let parameters: JSONValue
        do {
            let plan = try BatchPlan(try batch.steps.map(opened), catalogue, resources: settings.resources)
            let overrides = try plan.mappingSecrets(item.overrides, settings.seal.opened)
            parameters = settings.seal.sealed(try plan.parameters(overrides, of: step), of: operation)
        } catch let error as any CodedError {
            // They were checked when the batch was accepted; what they need, such as a model, has gone since.
            return try await end(item, JobProblem(error))
        }
        let draft = try await draft(operation, [file], parameters, item.batch, owner: batch.owner)
        let isPlaced = try await database.write { connection -> Bool in
            guard try BatchStore.place(draft.job.id, step: step, item, on: connection) else { return false }
            try self.insert(draft, on: connection)
            return true
        }
        if isPlaced { count([draft]) } else { await discard(draft) }
    }

    /// A stored step with its secrets as they were given.
    private func opened(_ step: BatchStep) throws -> BatchStep {
        guard let operation = catalogue[step.operation] else { return step }
        let secrets = try settings.seal.secrets(of: step.parameters, operation)
        guard !secrets.isEmpty else { return step }
        return BatchStep(
            operation: step.operation, parameters: .object((step.parameters.objectValue ?? [:]).merging(secrets) { $1 }))
    }

    func end(_ item: BatchStore.Item, _ problem: JobProblem) async throws {
        try await database.write { try BatchStore.end(item, .failed, problem, on: $0) }
    }
}
