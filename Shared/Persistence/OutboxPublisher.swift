import Primitives

/// Publishes the outbox: many messages at once, begun in the order in which they were appended, removed after the queue has them.
///
/// No message is lost, and one may be published again after a crash: the queue drops it by its id. A message that fails is
/// tried again before any that is newer than those under way with it; with `batch` 1 the order is therefore strict.
package final class OutboxPublisher: Sendable {
    private static let log = Log("outbox")
    private static let logInterval = Duration.minutes(1)
    private let database: Database
    private let batch: Int
    private let publish: @Sendable (OutboxMessage) async throws -> Void
    private let wakeUp = BoundedChannel<Void>(capacity: 1)

    /// - Parameters:
    ///   - database: must have `Outbox.migrations`.
    ///   - batch: messages under way at once; at least 1.
    ///   - publish: returns when the message is safe, throws after a deadline of its own; `Outbox.Refused` sets it aside. It is
    ///     called in order; what it does before it first waits, such as handing the bytes to the connection, keeps that order.
    package init(database: Database, batch: Int = 256, publish: @escaping @Sendable (OutboxMessage) async throws -> Void) {
        (self.database, self.batch, self.publish) = (database, max(1, batch), publish)
        database.onOutboxCommit { [wakeUp] in _ = wakeUp.trySend(()) }
    }

    /// Publishes until the task is cancelled; what an earlier process left comes first. To be run once at a time.
    package func run() async {
        let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(100), cap: .seconds(5))
        var attempt = 1
        var silentUntil = ContinuousClock.now
        while !Task.isCancelled {
            let (published, failure) = await publishUntilFailure()
            if Task.isCancelled { return }
            // Progress shortens the wait: one message that never goes must not slow down the others.
            attempt = published > 0 ? 2 : attempt + 1
            if ContinuousClock.now >= silentUntil {
                silentUntil = .now + Self.logInterval
                Self.log.warning("messages wait in the outbox", ["error": .string("\(failure)")])
            }
            do { try await Task.sleep(for: policy.delay(beforeAttempt: attempt)) } catch { return }
        }
    }

    private enum Event {
        case published(Int64)
        case setAside
        case failed(any Error)
        case removed(Int)
        case removalFailed(any Error)
        case woken
        case cancelled
    }

    /// Publishes from the oldest message on, always as many at once as are allowed, until one fails or the task is cancelled.
    /// - Returns: how many were published and removed, and the first failure, after everything under way has ended.
    private func publishUntilFailure() async -> (published: Int, failure: any Error) {
        await withTaskGroup(of: Event.self) { group in
            var window = OutboxWindow(capacity: batch)
            group.addTask { await self.awaitWakeUp() }
            while true {
                if let (limit, place) = window.takeRead() {
                    do {
                        let entries = try await database.read { try Outbox.oldest(limit, after: place, on: $0) }
                        for entry in window.begin(entries, asked: limit) {
                            // Begun here and now, so that the calls of `publish` are in order.
                            group.addImmediateTask { await self.deliver(entry) }
                        }
                    } catch {
                        window.fail(error)
                    }
                }
                if let sequences = window.takeRemoval() { group.addTask { await self.remove(sequences) } }
                if let failure = window.failureAtRest {
                    group.cancelAll()
                    return (window.removed, failure)
                }
                switch await group.next() {
                case .published(let sequence): window.published(sequence)
                case .setAside: window.setAside()
                case .failed(let error): window.failed(error)
                case .removed(let count): window.endRemoval(count)
                case .removalFailed(let error):
                    window.endRemoval(0)
                    window.fail(error)
                case .woken:
                    window.mayHaveMore = true
                    group.addTask { await self.awaitWakeUp() }
                case .cancelled, nil: window.fail(CancellationError())
                }
            }
        }
    }

    private func deliver(_ entry: Outbox.Entry) async -> Event {
        do {
            try await publish(entry.message)
            return .published(entry.sequence)
        } catch let error as Outbox.Refused {
            return await setAside(entry, error.reason)
        } catch {
            return .failed(error)
        }
    }

    private func setAside(_ entry: Outbox.Entry, _ reason: String) async -> Event {
        Self.log.error(
            "a message is refused for good and set aside",
            ["id": .string(entry.message.id), "subject": .string(entry.message.subject), "reason": .string(reason)])
        do {
            try await database.write { try Outbox.setAside(entry, reason, on: $0) }
            return .setAside
        } catch {
            return .failed(error)
        }
    }

    private func remove(_ sequences: [Int64]) async -> Event {
        do {
            try await database.write { try Outbox.remove(sequences, on: $0) }
            return .removed(sequences.count)
        } catch {
            return .removalFailed(error)
        }
    }

    private func awaitWakeUp() async -> Event {
        do {
            return try await wakeUp.next() == nil ? .cancelled : .woken
        } catch {
            return .cancelled
        }
    }
}
