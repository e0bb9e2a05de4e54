import Primitives

/// Publishes the outbox: batches in order, a batch's messages together, removed after the queue has them.
package final class OutboxPublisher: Sendable {
    private static let log = Log("outbox")
    private let database: Database
    private let batch: Int
    private let publish: @Sendable (OutboxMessage) async throws -> Void
    private let wakeUp = BoundedChannel<Void>(capacity: 1)

    /// - Parameters:
    ///   - batch: messages under way at once.
    ///   - publish: returns when the message is safe; may be called again for a message that was published before.
    package init(database: Database, batch: Int = 256, publish: @escaping @Sendable (OutboxMessage) async throws -> Void) {
        (self.database, self.batch, self.publish) = (database, batch, publish)
        database.onOutboxCommit { [wakeUp] in _ = wakeUp.trySend(()) }
    }

    /// Looks at the outbox now.
    package func notify() {
        _ = wakeUp.trySend(())
    }

    /// Publishes until the task is cancelled; what was left by an earlier process comes first.
    package func run() async {
        let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(100), cap: .seconds(5))
        var attempt = 1
        while !Task.isCancelled {
            do {
                while try await publishBatch() { attempt = 1 }
                _ = try await wakeUp.next()
            } catch is CancellationError {
                return
            } catch {
                attempt += 1
                if attempt == 2 { Self.log.warning("messages wait in the outbox", ["error": .string("\(error)")]) }
                try? await Task.sleep(for: policy.delay(beforeAttempt: attempt))
            }
        }
    }

    /// - Returns: whether there was anything.
    private func publishBatch() async throws -> Bool {
        let messages = try await database.read { [batch] in try Outbox.oldest(batch, after: 0, on: $0) }
        guard !messages.isEmpty else { return false }
        let (published, failure) = await withTaskGroup(of: Result<Int64, any Error>.self) { [publish] group in
            for (sequence, message) in messages {
                group.addTask {
                    do {
                        try await publish(message)
                        return .success(sequence)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: ([Int64](), (any Error)?.none)) { sum, result in
                switch result {
                case .success(let sequence): sum.0.append(sequence)
                case .failure(let error): sum.1 = error
                }
            }
        }
        if !published.isEmpty {
            try await database.write { connection in
                for sequence in published { try connection.execute("DELETE FROM outbox WHERE sequence = ?", sequence) }
            }
        }
        if let failure { throw failure }
        return true
    }
}
