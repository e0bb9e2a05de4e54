package import AnalyticsAPI
package import Persistence
package import Primitives
import Synchronization

/// Takes deliveries from all doors and writes those that wait together, up to 500 events, in one transaction; a delivery is never
/// parted.
package final class Collector: Sendable {
    private struct Waiting: Sendable {
        let delivery: Delivery
        let caller: CheckedContinuation<Receipt, any Error>
    }

    private struct State {
        var waiting = Deque<Waiting>()
        var isWriting = false
    }

    /// What has become of events since the start.
    package struct Counts: Sendable {
        package var accepted = 0
        package var duplicates = 0
        package var folded = 0
        package var refused = 0
        /// In which they were written down.
        package var transactions = 0

        mutating func add(_ receipt: Receipt) {
            accepted += receipt.accepted
            duplicates += receipt.duplicates
            folded += receipt.folded
        }
    }

    /// Deliveries that may wait; more are turned away.
    private static let waitingLimit = 16_384
    private let database: Database
    private let ledger: Ledger
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())
    private let counts = Mutex(Counts())

    /// - Parameters:
    ///   - database: with `AnalyticsSchema.migrations`.
    ///   - limits: how many names are kept apart.
    ///   - now: the clock.
    package init(
        _ database: Database, limits: NameLimits = NameLimits(), now: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        (self.database, self.now) = (database, now)
        ledger = Ledger(limits: limits)
    }

    package var statistics: Counts { counts.withLock { $0 } }
    /// Deliveries that wait to be recorded.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// Records a delivery.
    /// - Returns: when it is committed.
    /// - Throws: `DatabaseError`; nothing of it is recorded then.
    package func record(_ delivery: Delivery) async throws -> Receipt {
        try await withCheckedThrowingContinuation { caller in
            let isFirst = state.withLock { state -> Bool? in
                guard state.waiting.count < Self.waitingLimit else { return nil }
                state.waiting.append(Waiting(delivery: delivery, caller: caller))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            guard let isFirst else { return caller.resume(throwing: CollectorBusy()) }
            // Ends when nothing waits; every delivery's caller waits for it.
            if isFirst { Task { await write() } }
        }
    }

    /// Records deliveries together, in one transaction with no others.
    package func record(_ deliveries: [Delivery]) async throws -> [Receipt] {
        let (ledger, time) = (ledger, now())
        do {
            let receipts = try await database.write { try ledger.record(deliveries, now: time, on: $0) }
            let refused = deliveries.reduce(0) { $0 + $1.problems.count }
            counts.withLock { counts in
                for receipt in receipts { counts.add(receipt) }
                counts.refused += refused
                counts.transactions += 1
            }
            return receipts
        } catch {
            ledger.forget()
            throw error
        }
    }

    /// Removes what the policy keeps no longer.
    /// - Returns: how many rows went.
    package func sweep(_ policy: RetentionPolicy) async throws -> Int {
        try await policy.apply(to: database, now: now(), forget: ledger.forget)
    }

    /// Takes a person out of all that is recorded.
    package func erase(_ person: String) async throws -> Erasure.Outcome {
        try await Erasure(person).apply(to: database, forget: ledger.forget)
    }

    private func write() async {
        while true {
            let batch = state.withLock { state in
                var (batch, events): ([Waiting], Int) = ([], 0)
                while let next = state.waiting.first {
                    events += max(1, next.delivery.events.count)
                    guard batch.isEmpty || events <= AnalyticsService.batch else { break }
                    batch.append(next)
                    _ = state.waiting.popFirst()
                }
                if batch.isEmpty { state.isWriting = false }
                return batch
            }
            if batch.isEmpty { return }
            do {
                let receipts = try await record(batch.map(\.delivery))
                for (waiting, receipt) in zip(batch, receipts) { waiting.caller.resume(returning: receipt) }
            } catch {
                for waiting in batch { waiting.caller.resume(throwing: error) }
            }
        }
    }
}

/// More waits to be recorded than memory shall hold.
package struct CollectorBusy: CodedError {
    package var code: String { "collector-busy" }
    package var message: String { "too many events wait to be recorded" }
    package var isRetriable: Bool { true }
}
