package import Persistence
package import Primitives

/// The decisions of late, so that a person can ask afterwards why a call went where it went.
///
/// A decision that a call came of is kept with the call, in the ledger; those that came to nothing are kept here. The disk is
/// behind by a queue of limited length; when that is full, decisions are counted instead of kept: they explain, they are not what
/// is charged.
package final class DecisionLog: Sendable {
    package static let migration = Migration(
        id: "route-decisions-1",
        sql: """
            CREATE TABLE route_decision (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, key TEXT NOT NULL,
                requested TEXT NOT NULL, choice TEXT, reasons TEXT NOT NULL, fallbacks TEXT NOT NULL, rejected TEXT NOT NULL
            ) STRICT
            """)
    private static let log = Log("gateway.routing")
    private static let batch = 200
    private let database: Database
    private let maximumRows: Int
    private let queue: BatchQueue<(decision: RouteDecision, key: String)>

    /// - Parameters:
    ///   - maximumRows: decisions that are kept; the oldest go first.
    ///   - capacity: decisions that may wait for the disk.
    package init(_ database: Database, maximumRows: Int = 100_000, capacity: Int = 4096) {
        (self.database, self.maximumRows) = (database, max(1, maximumRows))
        queue = BatchQueue(capacity: capacity, batch: Self.batch, interval: .milliseconds(200))
    }

    /// Takes a decision down without waiting.
    /// - Parameter key: the identifier of the caller's key.
    /// - Returns: whether there was room.
    @discardableResult
    package func record(_ decision: RouteDecision, key: String) -> Bool {
        do { return try queue.offer((decision, key)) } catch { return false }
    }

    /// Writes decisions until `drain()` was called and everything is on disk.
    package func run() async throws {
        try await queue.run { rows in
            do {
                try await database.write { [maximumRows] connection in
                    try Self.insert(rows, on: connection)
                    try connection.execute(
                        "DELETE FROM route_decision WHERE sequence <= (SELECT max(sequence) FROM route_decision) - ?", maximumRows)
                }
            } catch {
                Self.log.warning(
                    "route decisions could not be kept", ["count": JSONValue(rows.count), "error": .string("\(error)")])
            }
        }
    }

    /// Takes nothing more and returns when what was taken is on disk, or the task is cancelled.
    package func drain() async {
        do { try await queue.drain() } catch {
            Self.log.warning("the decision log ends before everything is written", ["waiting": JSONValue(queue.count)])
        }
    }

    /// A decision as it is told to people.
    /// - Parameter key: only a decision of this key; `nil` for anybody's.
    package func find(_ id: String, key: String? = nil) async throws -> JSONValue? {
        try await database.read { connection in
            try connection.first(
                """
                SELECT id, time, key, requested, choice, reasons, fallbacks, rejected FROM route_decision
                WHERE id = ?1 AND (?2 IS NULL OR key = ?2)
                UNION ALL
                SELECT decision, time, key, requested, choice, reasons, next, rejected FROM usage_call
                WHERE decision = ?1 AND requested IS NOT NULL AND (?2 IS NULL OR key = ?2)
                LIMIT 1
                """, id, key, map: Self.document)
        }
    }

    private static func insert(_ rows: [(decision: RouteDecision, key: String)], on connection: Connection) throws {
        try connection.execute(
            """
            INSERT OR IGNORE INTO route_decision (id, time, key, requested, choice, reasons, fallbacks, rejected)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, times: rows.count
        ) { run, row in
            let (decision, key) = rows[run]
            row.add(decision.id)
            row.add(decision.time)
            row.add(key)
            row.add(facts: decision)
        }
    }

    /// A decision that is not on disk yet, in the form of `find`.
    package static func document(_ decision: RouteDecision, key: String) -> JSONValue {
        [
            "id": .string(decision.id), "time": .string(decision.time.iso8601), "key": .string(key),
            "requested": .string(decision.request.model), "choice": JSONValue(decision.choice?.deployment.id),
            "reasons": .array(decision.reasons.map(JSONValue.string)),
            "fallbacks": .array(decision.candidates.dropFirst().map { .string($0.deployment.id) }),
            "rejected": .array(decision.rejected.map(\.json)),
        ]
    }

    private static func document(_ row: Row) throws -> JSONValue {
        func lines(_ column: String) throws -> [Substring] { try row.text(column).split(separator: "\n") }
        let facts = RouteReasons(line: try row.text("reasons"), requested: try row.text("requested"))
        // Rows of earlier versions hold the sentences themselves.
        let reasons = try facts?.sentences(fallbacks: lines("fallbacks").map(String.init)) ?? lines("reasons").map(String.init)
        return [
            "id": .string(try row.text("id")), "time": .string(try row.timestamp("time").iso8601),
            "key": .string(try row.text("key")),
            "requested": .string(try row.text("requested")), "choice": JSONValue(try row.optionalText("choice")),
            "reasons": .array(reasons.map(JSONValue.string)),
            "fallbacks": .array(try lines("fallbacks").map { .string(String($0)) }),
            "rejected": .array(try lines("rejected").compactMap { RouteRejection(line: $0)?.json }),
        ]
    }
}

extension Bindings {
    /// What was asked for, the choice, the reasons, who would have been next and who was rejected. These are kept as facts; their
    /// sentences are made when somebody reads them.
    mutating func add(facts decision: RouteDecision) {
        add(decision.request.model)
        add(decision.choice?.deployment.id)
        add(RouteReasons(decision).line)
        add(decision.candidates.count < 2 ? "" : decision.candidates.dropFirst().map(\.deployment.id).joined(separator: "\n"))
        add(decision.rejected.isEmpty ? "" : decision.rejected.map(\.line).joined(separator: "\n"))
    }
}
