package import Persistence
package import Primitives

/// Every call, written in batches, with sums by day that grow with each batch.
///
/// A call is recorded without waiting as long as the queue has room; when the disk is behind by all of it, recording waits:
/// money is never counted as lost. What a killed process had not written yet, the last moment, is missing here; the budgets have
/// it charged.
package final class UsageLedger: Sendable {
    package static let migrations = [
        Migration(id: "usage-1", sql: LedgerStore.schema),
        // Sums of sessions are removed by their day.
        Migration(id: "usage-2", sql: "CREATE INDEX usage_session_day ON usage_session (day)"),
        Migration(id: "usage-3", sql: LedgerStore.decisionSchema),
    ]
    private static let log = Log("gateway.usage")
    private static let batch = 4000
    /// How long a call waits for others: they share a flush, and are few enough to be written within a millisecond, for which the
    /// writer has a core that the next calls may want.
    private static let interval = Duration.milliseconds(25)
    private let database: Database
    private let queue: BatchQueue<EndedCall>

    /// - Parameter capacity: calls that may wait for the disk.
    package init(_ database: Database, capacity: Int = 16_384) {
        self.database = database
        queue = BatchQueue(capacity: capacity, batch: Self.batch, interval: Self.interval)
    }

    /// Takes a call down.
    /// - Throws: `UsageError` when its usage or cost can not be; `ChannelClosed` after `drain`.
    package func record(_ call: EndedCall) async throws {
        try Self.check(call.record)
        try await queue.send(call)
    }

    /// Takes a call down if there is room for it.
    /// - Returns: whether there was.
    /// - Throws: as `record`.
    package func offer(_ call: EndedCall) throws -> Bool {
        try Self.check(call.record)
        return try queue.offer(call)
    }

    private static func check(_ call: CallRecord) throws(UsageError) {
        try call.usage.validate()
        for amount in [call.cost, call.savedByCache, call.savedByRouting] where amount.isNegative || amount > .maximum {
            throw UsageError(message: "a call can not have cost or saved \(amount)")
        }
    }

    /// The decision of a call that is not on disk yet.
    /// - Parameter key: only of a call of this key; `nil` for anybody's.
    package func waitingDecision(_ id: String, key: String?) -> (decision: RouteDecision, key: String)? {
        let found = queue.first { $0.decision?.id == id && (key == nil || $0.record.key == key) }
        return found.flatMap { call in call.decision.map { ($0, call.record.key) } }
    }

    /// Writes calls until `drain()` was called and everything is on disk.
    package func run() async throws {
        try await queue.run { calls in
            try await database.writePatiently {
                Self.log.warning("the usage ledger waits for the disk", ["error": .string("\($0)")])
            } _: {
                try LedgerStore.insert(calls, on: $0)
            }
        }
    }

    /// Takes nothing more and returns when what was taken is on disk, or the task is cancelled.
    package func drain() async {
        do { try await queue.drain() } catch {
            Self.log.error("the ledger ends before everything is written", ["waiting": JSONValue(queue.count)])
        }
    }

    /// Sums of the calls that pass a filter: by group, dearest first, days in order; and of all of the same calls.
    /// - Returns: 1,000 groups at most.
    /// - Throws: `DatabaseError`.
    package func report(
        by grouping: CostSummary.Grouping = .day, _ filter: CostFilter = .init()
    ) async throws -> (groups: [CostSummary], total: CostSummary) {
        try await database.read { connection in
            (
                try LedgerStore.summary(grouping, filter, limit: 1000, on: connection),
                try LedgerStore.summary(nil, filter, limit: 1, on: connection)[0]
            )
        }
    }

    /// Removes single calls and the sums of sessions that are older than `age`, some at a time; the sums of days stay.
    /// - Throws: `DatabaseError`.
    package func sweep(olderThan age: Duration, now: Timestamp = .now()) async throws {
        let limit = now.advanced(by: .zero - age)
        try await sweep {
            try $0.execute(
                "DELETE FROM usage_call WHERE time < ? AND sequence < (SELECT min(sequence) FROM usage_call) + 5000", limit)
        }
        // The oldest day at a time.
        try await sweep {
            try $0.execute(
                "DELETE FROM usage_session WHERE day < ? AND day = (SELECT min(day) FROM usage_session)",
                LedgerStore.day(of: limit))
        }
    }

    /// Writes again and again, letting others in between, until nothing is left to remove.
    private func sweep(_ body: @escaping @Sendable (Connection) throws -> Void) async throws {
        var hasMore = true
        while hasMore {
            hasMore = try await database.write { connection in
                try body(connection)
                return connection.changes > 0
            }
        }
    }
}
