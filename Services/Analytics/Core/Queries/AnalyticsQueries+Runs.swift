import AnalyticsAPI
package import Contracts
import Persistence
package import Primitives

/// A run as it was recorded.
package struct RunRecord: Sendable {
    package let number: Int64
    package let id: String
    package let owner: String
    package let script: String
    /// `nil` for a run of which only measurements are known.
    package let status: String?
    package let started: Timestamp
    package let ended: Timestamp?
    package let errorType: String?
    package let error: String?
    package let labels: String?

    package var document: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "owner": .string(owner), "script_name": .string(script), "status": .string(status ?? "unknown"),
            "timestamp": .string(started.iso8601),
        ]
        if let ended {
            members["ended"] = .string(ended.iso8601)
            members["seconds"] = .number(ended.duration(since: started).seconds)
        }
        if let errorType { members["error_type"] = .string(errorType) }
        if let error { members["error"] = .string(error) }
        if let labels { members["labels"] = try? JSONValue(parsing: Bytes(labels.utf8)) }
        return .object(members)
    }
}

/// Which runs are asked for.
package struct RunFilter: Sendable {
    package var script: String?
    package var status: RunEvent.Status?
    package var period: Period?

    package init(script: String? = nil, status: RunEvent.Status? = nil, period: Period? = nil) {
        (self.script, self.status, self.period) = (script, status, period)
    }
}

extension AnalyticsQueries {
    /// The beginning of every question for runs.
    static let runColumns = """
        SELECT number, run.id AS id, owner.text AS owner, script.text AS script, status, started, ended, error_type, error, labels
        FROM run JOIN name AS owner ON owner.id = run.owner JOIN name AS script ON script.id = run.script
        """

    /// One page of runs, the latest first.
    /// - Parameters:
    ///   - cursor: the end of the page before.
    ///   - limit: 1 to 500.
    package func runs(_ filter: RunFilter, before cursor: RowCursor? = nil, limit: Int) throws -> [RunRecord] {
        guard let owner else { return [] }
        // Only what is asked for stands in the statement, so that the indexes of owner and time serve it.
        let conditions = [
            owner == SumBatch.everyone ? "?1 = 0" : "run.owner = ?1", filter.script.map { _ in "run.script = ?2" },
            filter.status.map { _ in "status = ?3" }, filter.period.map { _ in "started >= ?4 AND started < ?5" },
            "(started, number) < (?6, ?7)",
        ]
        return try connection.query(
            """
            \(Self.runColumns) WHERE \(conditions.compactMap(\.self).joined(separator: " AND "))
            ORDER BY started DESC, number DESC LIMIT ?8
            """, owner, try filter.script.map { try number(.script, $0) ?? -1 }, filter.status?.rawValue, filter.period?.from,
            filter.period?.to, cursor?.time ?? .max, cursor?.sequence ?? .max, limit, map: Self.runRecord)
    }

    /// - Returns: `nil` when there is no such run, or it is another owner's.
    package func run(_ id: String) throws -> RunRecord? {
        guard let owner else { return nil }
        return try connection.first(
            "\(Self.runColumns) WHERE run.id = ?2 AND \(owner == SumBatch.everyone ? "?1 = 0" : "run.owner = ?1") LIMIT 1", owner,
            id,
            map: Self.runRecord)
    }

    static func runRecord(_ row: Row) throws -> RunRecord {
        RunRecord(
            number: try row.integer("number"), id: try row.text("id"), owner: try row.text("owner"), script: try row.text("script"),
            status: try row.optionalText("status"), started: try row.timestamp("started"),
            ended: try row.optionalTimestamp("ended"), errorType: try row.optionalText("error_type"),
            error: try row.optionalText("error"), labels: try row.optionalText("labels"))
    }
}
