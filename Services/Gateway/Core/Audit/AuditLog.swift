package import Persistence
import Primitives
import Synchronization

/// Every authenticated call, written in batches so that no call waits for the disk.
///
/// Between a call and the disk is a queue of limited length. When the disk is behind by more than it holds, further entries are
/// counted instead of kept, and the count is written where they are missing.
package final class AuditLog: Sendable {
    package static let migration = Migration(
        id: "audit-1",
        sql: """
            CREATE TABLE audit (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, key TEXT NOT NULL, owner TEXT NOT NULL,
                method TEXT NOT NULL, path TEXT NOT NULL, outcome TEXT NOT NULL, request_id TEXT
            ) STRICT
            """)
    package static let callMigration = Migration(
        id: "audit-2",
        sql: """
            ALTER TABLE audit ADD COLUMN model TEXT;
            ALTER TABLE audit ADD COLUMN decision TEXT;
            ALTER TABLE audit ADD COLUMN cost REAL
            """)
    private static let log = Log("gateway.audit")
    private static let batch = 2000
    /// How long an entry waits for others, as calls in the ledger do; what a killed process had not written yet is missing.
    private static let interval = Duration.milliseconds(25)
    private static let sweepStep = 5000
    private let database: Database
    private let queue: BatchQueue<AuditEntry>
    /// Refused strangers are taken down at this rate at most: they are many, and the disk is ours.
    private static let strangers = RateRule(requests: 600, windowSeconds: 60)
    private let strangers = Mutex(TokenBucket(rule: AuditLog.strangers, now: .now))
    private let missing = Atomic<Int>(0)
    private let lost = Atomic<Int>(0)

    /// - Parameter capacity: entries that may wait for the disk.
    package init(_ database: Database, capacity: Int = 8192) {
        self.database = database
        queue = BatchQueue(capacity: capacity, batch: Self.batch, interval: Self.interval)
    }

    /// Entries that were counted instead of kept, since the start.
    package var lostCount: Int { lost.load(ordering: .relaxed) }

    /// Takes an entry down without waiting.
    package func record(_ entry: AuditEntry) {
        do { if try queue.offer(entry) { return } } catch { /* After the end nothing is written: counted as the others. */  }
        count()
    }

    /// Takes down that somebody was refused of whom nothing is known; more than ten a second are only counted.
    package func recordStranger(_ entry: AuditEntry) {
        let isAdmitted = strangers.withLock { $0.take(Self.strangers, now: .now) == nil }
        if isAdmitted { record(entry) } else { count() }
    }

    private func count() {
        missing.wrappingAdd(1, ordering: .relaxed)
        lost.wrappingAdd(1, ordering: .relaxed)
    }

    /// Writes entries until `drain()` was called and everything is on disk.
    package func run() async throws {
        try await queue.run(write)
    }

    /// Takes nothing more and returns when what was taken is on disk, or the task is cancelled.
    package func drain() async {
        do { try await queue.drain() } catch {
            Self.log.error("the audit log ends before everything is written", ["waiting": JSONValue(queue.count)])
        }
    }

    /// One page, newest first.
    /// - Parameters:
    ///   - cursor: the sequence number that the page before ended with.
    ///   - limit: 1 to 500.
    package func page(before cursor: Int64?, limit: Int) async throws -> [AuditEntry] {
        try await database.read { connection in
            try connection.query(
                "SELECT * FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?", cursor ?? .max, min(max(limit, 1), 500)
            ) { row in
                AuditEntry(
                    sequence: try row.integer("sequence"), time: try row.timestamp("time"), key: try row.text("key"),
                    owner: try row.text("owner"), method: try row.text("method"), path: try row.text("path"),
                    outcome: try row.text("outcome"), requestID: try row.optionalText("request_id"),
                    model: try row.optionalText("model"), decision: try row.optionalText("decision"),
                    cost: try row.optionalReal("cost"))
            }
        }
    }

    /// Removes entries older than `age`, some at a time so that nobody waits long for the database.
    package func sweep(olderThan age: Duration) async throws {
        let limit = Timestamp.now().advanced(by: .zero - age)
        while true {
            let removed = try await database.write { connection in
                try connection.execute(
                    "DELETE FROM audit WHERE time < ?1 AND sequence < (SELECT min(sequence) FROM audit) + ?2", limit, Self.sweepStep
                )
                return connection.changes
            }
            guard removed > 0 else { return }
        }
    }

    /// Writes a batch, again and again while the disk refuses.
    private func write(_ entries: [AuditEntry]) async throws {
        var entries = entries
        let count = missing.exchange(0, ordering: .relaxed)
        if count > 0 {
            entries.append(AuditEntry(key: "", owner: "", method: "", path: "", outcome: "\(count) entries lost", requestID: nil))
        }
        let rows = entries
        try await database.writePatiently {
            Self.log.warning("the audit log waits for the disk", ["error": .string("\($0)")])
        } _: { connection in
            try connection.insert(
                into: "audit (time, key, owner, method, path, outcome, request_id, model, decision, cost)", rows: rows.count
            ) { index, row in
                let entry = rows[index]
                row.add(entry.time)
                row.add(entry.key)
                row.add(entry.owner)
                row.add(entry.method)
                row.add(entry.path)
                row.add(entry.outcome)
                row.add(entry.requestID)
                row.add(entry.model)
                row.add(entry.decision)
                row.add(entry.cost)
            }
        }
    }
}
