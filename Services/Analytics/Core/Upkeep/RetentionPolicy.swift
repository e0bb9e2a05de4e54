import Persistence
import Primitives

/// How long what is recorded is kept.
package struct RetentionPolicy: Sendable {
    /// Single measurements and runs.
    package var rows: Duration
    package var minutes: Duration
    package var hours: Duration
    /// Sums by day, of labels too, and counts of what was refused.
    package var days: Duration

    package init(rows: Duration, minutes: Duration, hours: Duration, days: Duration) {
        (self.rows, self.minutes, self.hours, self.days) = (rows, minutes, hours, days)
    }

    /// Rows removed in one transaction: others want to write, too.
    private static let step = 5000

    /// Removes what is older, a step in each transaction.
    /// - Parameter forget: called in the transaction that takes names away, for what is remembered of them elsewhere.
    /// - Returns: how many rows went.
    func apply(to database: Database, now: Timestamp, forget: @escaping @Sendable () -> Void) async throws -> Int {
        var removed = 0
        for sql in statements(now: now) {
            while true {
                try Task.checkCancellation()
                let count = try await database.write { connection in
                    try connection.execute(sql)
                    return connection.changes
                }
                removed += count
                if count < Self.step { break }
            }
        }
        removed += try await database.write { connection in
            defer { forget() }
            return try Self.unusedNames.reduce(0) { count, sql in
                try connection.execute(sql)
                return count + connection.changes
            }
        }
        return removed
    }

    /// Names that nobody holds, and owners of whom nothing is left.
    private static let unusedNames = [
        "DELETE FROM name WHERE kind > 1 AND id NOT IN (SELECT name FROM holding)",
        """
        DELETE FROM name WHERE kind = 1 AND NOT EXISTS (SELECT 1 FROM rollup WHERE level = 3 AND owner = name.id)
            AND NOT EXISTS (SELECT 1 FROM run WHERE owner = name.id)
            AND NOT EXISTS (SELECT 1 FROM breakdown WHERE owner = name.id)
            AND NOT EXISTS (SELECT 1 FROM holding WHERE owner = name.id)
        """,
    ]

    private func statements(now: Timestamp) -> [String] {
        func moment(_ age: Duration) -> Int64 { now.milliseconds - age.milliseconds }
        let day = RollupLevel.day.bucket(moment(days))
        let limit = "LIMIT \(Self.step)"
        var statements = [
            """
            DELETE FROM metric WHERE (time, seq) IN
                (SELECT time, seq FROM metric WHERE time < \(moment(rows)) ORDER BY time, seq \(limit))
            """,
            "DELETE FROM run WHERE number IN (SELECT number FROM run WHERE started < \(moment(rows)) \(limit))",
            // Names are let go when their owner has not used them for as long as their sums are kept.
            """
            DELETE FROM holding WHERE (owner, kind, name) IN
                (SELECT owner, kind, name FROM holding WHERE last_day < \(day) \(limit))
            """,
            "DELETE FROM refusal WHERE day < \(day)",
            """
            DELETE FROM message_id WHERE (week, id) IN
                (SELECT week, id FROM message_id WHERE week < \(now.milliseconds / Ledger.week - 1) \(limit))
            """,
        ]
        for (level, age) in zip(RollupLevel.allCases, [minutes, hours, days]) {
            let bucket = level.bucket(moment(age))
            statements.append(
                """
                DELETE FROM rollup WHERE (level, owner, type, bucket, script) IN
                    (SELECT level, owner, type, bucket, script FROM rollup WHERE level = \(level.rawValue) AND bucket < \(bucket) \(limit))
                """)
        }
        statements.append(
            """
            DELETE FROM breakdown WHERE (owner, dimension, type, day, value) IN
                (SELECT owner, dimension, type, day, value FROM breakdown WHERE day < \(day) \(limit))
            """)
        return statements
    }
}
