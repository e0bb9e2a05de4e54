import Contracts
import Persistence
import Primitives

extension JobService {
    /// URLs that are fetched at once, of everybody and of one owner: nobody's slow servers hold up the others.
    private static let (fetches, fetchesOfOwner) = (32, 2)
    /// The waits before a URL that may answer another time is asked again.
    private static let fetchWaits: [Duration] = [.seconds(2), .seconds(20)]

    /// Fetches the inputs of all batches that are elsewhere, until the task is cancelled. Places go round the owners.
    func fetchInputs() async throws {
        try await withThrowingTaskGroup(of: BatchStore.Place?.self) { group in
            var underWay: [BatchStore.Place: String] = [:]
            var latest = ""
            group.addTask { try await self.awaitFetch() }
            while true {
                do {
                    let (now, after) = (Timestamp.now(), latest)
                    let due = try await database.read {
                        try BatchStore.unfetched(ofOwner: Self.fetchesOfOwner, after: after, now: now, on: $0)
                    }
                    for (item, owner) in due where underWay[item.place] == nil && underWay.count < Self.fetches {
                        guard underWay.values.count(where: { $0 == owner }) < Self.fetchesOfOwner else { continue }
                        (underWay[item.place], latest) = (owner, owner)
                        group.addTask {
                            try await self.fetch(item)
                            return item.place
                        }
                    }
                } catch let error as DatabaseError {
                    Self.log.warning("inputs can not be looked for now", ["error": .string("\(error)")])
                }
                if let ended = try await group.next() ?? nil {
                    underWay[ended] = nil
                } else {
                    group.addTask { try await self.awaitFetch() }
                }
            }
        }
    }

    private func awaitFetch() async throws -> BatchStore.Place? {
        try await batchWork.waitToFetch()
        return nil
    }

    /// Fetches one input; one that can not be noted now is tried again.
    private func fetch(_ item: BatchStore.Item) async throws {
        do {
            guard case .url(let url) = item.source, let remoteInputs,
                let batch = try await database.read({ try BatchStore.find(item.batch, on: $0) })
            else { return try await end(item, JobProblem(code: "no-input", message: "the input can not be fetched here")) }
            let key = "\(item.batch)-\(item.position)"
            do {
                let file = try await remoteInputs.fetch(url, owner: batch.owner, key: key)
                if try await database.write({ try BatchStore.place(file, item, on: $0) }) {
                    batchWork.wake()
                } else {
                    try await files.unregister(key: key, owner: batch.owner)
                }
            } catch let problem as JobProblem {
                if Task.isCancelled { throw CancellationError() }
                guard problem.isRetriable, item.fetchAttempts < Self.fetchWaits.count else { return try await end(item, problem) }
                let time = Timestamp.now().advanced(by: Self.fetchWaits[item.fetchAttempts])
                try await database.write { try BatchStore.postpone(item, until: time, on: $0) }
            }
        } catch let error as any CodedError {
            Self.log.warning("an input will be fetched again", ["batch": .string(item.batch), "error": .string("\(error)")])
            try await Task.sleep(for: .seconds(2))
        }
    }
}
