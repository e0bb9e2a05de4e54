import Contracts
import Persistence
import Primitives

extension JobService {
    /// URLs that are fetched at once, of everybody and of one owner: nobody's slow servers hold up the others.
    private static let (fetches, fetchesOfOwner) = (8, 2)

    /// Fetches the inputs of all batches that are elsewhere, until the task is cancelled.
    func fetchInputs() async throws {
        try await withThrowingTaskGroup(of: BatchStore.Place?.self) { group in
            var underWay: Set<BatchStore.Place> = []
            group.addTask { try await self.awaitFetch() }
            while true {
                do {
                    let due = try await database.read { try BatchStore.unfetched(ofOwner: Self.fetchesOfOwner, on: $0) }
                    for item in due where underWay.count < Self.fetches && underWay.insert(item.place).inserted {
                        group.addTask {
                            try await self.fetch(item)
                            return item.place
                        }
                    }
                } catch let error as DatabaseError {
                    Self.log.warning("inputs can not be looked for now", ["error": .string("\(error)")])
                }
                if let ended = try await group.next() ?? nil {
                    underWay.remove(ended)
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
                try await end(item, problem)
            }
        } catch let error as any CodedError {
            Self.log.warning("an input will be fetched again", ["batch": .string(item.batch), "error": .string("\(error)")])
            try await Task.sleep(for: .seconds(2))
        }
    }
}
