import Contracts
package import Persistence
package import Primitives

/// One authenticated call.
package struct AuditEntry: Sendable, Codable {
    package var sequence: Int64?
    package var time: Timestamp
    /// The key's identifier.
    package var key: String
    package var owner: String
    package var method: String
    package var path: String
    /// `allowed`, `scope-missing` or `rate-limited`.
    package var outcome: String
    package var requestID: String?

    package init(key: String, owner: String, method: String, path: String, outcome: String, requestID: String?) {
        (time, self.key, self.owner, self.method, self.path) = (.now(), key, owner, method, path)
        (self.outcome, self.requestID) = (outcome, requestID)
    }

    enum CodingKeys: String, CodingKey {
        case sequence, time, key, owner, method, path, outcome
        case requestID = "request_id"
    }
}

/// Every authenticated call, written in batches so that no call waits for the disk.
package final class AuditLog: Sendable {
    package static let migration = Migration(
        id: "audit-1",
        sql: """
            CREATE TABLE audit (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, key TEXT NOT NULL, owner TEXT NOT NULL,
                method TEXT NOT NULL, path TEXT NOT NULL, outcome TEXT NOT NULL, request_id TEXT
            ) STRICT
            """)
    private static let log = Log("gateway.audit")
    private static let batch = 500
    private let database: Database
    private let queue = BoundedChannel<AuditEntry>(capacity: 8192)

    package init(_ database: Database) {
        self.database = database
    }

    /// Takes an entry down; waits only when the disk is far behind.
    package func record(_ entry: AuditEntry) async throws {
        if !queue.trySend(entry) { try await queue.send(entry) }
    }

    /// Writes entries until `finish()` was called and everything is on disk.
    package func run() async throws {
        while let first = try await queue.next() {
            var entries = [first]
            while entries.count < Self.batch, queue.count > 0, let next = try await queue.next() { entries.append(next) }
            await write(entries)
        }
    }

    /// Lets `run` end after what is queued.
    package func finish() {
        queue.finish()
    }

    /// One page, newest first.
    package func page(before cursor: Int64?, limit: Int) async throws -> [AuditEntry] {
        try await database.read { connection in
            try connection.query(
                "SELECT * FROM audit WHERE ?1 IS NULL OR sequence < ?1 ORDER BY sequence DESC LIMIT ?2", cursor, min(max(limit, 1), 500)
            ) { row in
                var entry = AuditEntry(
                    key: try row.text("key"), owner: try row.text("owner"), method: try row.text("method"), path: try row.text("path"),
                    outcome: try row.text("outcome"), requestID: try row.optionalText("request_id"))
                entry.sequence = try row.integer("sequence")
                entry.time = try row.timestamp("time")
                return entry
            }
        }
    }

    /// Writes a batch, again and again while the disk refuses: an audit has no holes.
    private func write(_ entries: [AuditEntry]) async {
        let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(200), cap: .seconds(5))
        var attempt = 1
        while !Task.isCancelled {
            do {
                try await database.write { connection in
                    for entry in entries {
                        try connection.execute(
                            "INSERT INTO audit(time, key, owner, method, path, outcome, request_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                            entry.time, entry.key, entry.owner, entry.method, entry.path, entry.outcome, entry.requestID)
                    }
                }
                return
            } catch {
                attempt += 1
                if attempt == 2 { Self.log.warning("the audit log waits for the disk", ["error": .string("\(error)")]) }
                try? await Task.sleep(for: policy.delay(beforeAttempt: attempt))
            }
        }
    }
}
