import Persistence
package import Primitives

/// One measurement as it was recorded.
package struct MetricRecord: Sendable {
    package let time: Timestamp
    /// With the time, the row's place: where a page ends.
    package let sequence: Int64
    package let owner: String
    package let script: String
    package let type: String
    package let run: String?
    package let value: Double
    package let labels: String?

    package var document: JSONValue {
        var members: [String: JSONValue] = [
            "timestamp": .string(time.iso8601), "owner": .string(owner), "script_name": .string(script),
            "metric_type": .string(type), "value": .number(value),
        ]
        if let run { members["run_id"] = .string(run) }
        if let labels { members["labels"] = try? JSONValue(parsing: Bytes(labels.utf8)) }
        return .object(members)
    }
}

/// Where a page of rows ends.
package struct RowCursor: Sendable, Hashable {
    package let time: Int64
    package let sequence: Int64

    package init(time: Int64, sequence: Int64) {
        (self.time, self.sequence) = (time, sequence)
    }

    /// As `next` gives it: `1795237200000-42`.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int64(parts[0]), let sequence = Int64(parts[1]) else { return nil }
        self.init(time: time, sequence: sequence)
    }

    package var text: String { "\(time)-\(sequence)" }
}

extension AnalyticsQueries {
    /// The beginning of every question for rows.
    static let columns = """
        SELECT metric.time, seq, owner.text AS owner, script.text AS script, type.text AS type, run.id AS run, value, metric.labels
        FROM metric JOIN name AS owner ON owner.id = metric.owner JOIN name AS script ON script.id = metric.script
            JOIN name AS type ON type.id = metric.type LEFT JOIN run ON run.number = metric.run
        """

    /// The rows that sums were made of, newest first. The sums by hour tell which hours hold any, so that few others are looked at.
    /// - Parameters:
    ///   - types: none for all that the owner has used.
    ///   - scripts: only these numbers; all of them without it.
    ///   - cursor: the end of the page before.
    ///   - limit: 1 to 1000.
    package func rows(
        types: [String] = [], script: String? = nil, of scripts: Set<Int64>? = nil, in period: Period,
        before cursor: RowCursor? = nil, limit: Int
    ) throws -> [MetricRecord] {
        guard let owner, scripts?.isEmpty != true else { return [] }
        let wanted = try types.isEmpty ? self.types().map(\.number) : types.compactMap { try number(.type, $0) }
        let only = try script.map { try number(.script, $0) ?? -1 }
        let among = scripts.map { "AND metric.script IN (\(Self.list($0)))" } ?? ""
        var rows: [MetricRecord] = []
        for hour in try hours(wanted, only, of: scripts, in: period).reversed() where rows.count < limit {
            let start = max(period.from.milliseconds, hour * RollupLevel.hour.length)
            let end = min(period.to.milliseconds, (hour + 1) * RollupLevel.hour.length)
            if let cursor, start > cursor.time { continue }
            rows += try connection.query(
                """
                \(Self.columns)
                WHERE metric.time >= ?1 AND metric.time < ?2 AND (metric.time, seq) < (?3, ?4) AND (?5 = 0 OR metric.owner = ?5)
                    AND (?6 IS NULL OR metric.script = ?6) AND metric.type IN (\(Self.list(wanted))) \(among)
                ORDER BY metric.time DESC, seq DESC LIMIT ?7
                """, start, end, cursor?.time ?? .max, cursor?.sequence ?? .max, owner, only, limit - rows.count,
                map: Self.record)
        }
        return rows
    }

    private static func list(_ numbers: some Sequence<Int64>) -> String {
        numbers.sorted().map(String.init).joined(separator: ",")
    }

    /// The hours that hold rows.
    func hours(_ types: [Int64], _ script: Int64?, of scripts: Set<Int64>?, in period: Period) throws -> [Int64] {
        let among = scripts.map { "AND script IN (\(Self.list($0)))" } ?? ""
        let buckets = period.buckets(.hour)
        var hours: Set<Int64> = []
        for type in types {
            hours.formUnion(
                try connection.query(
                    """
                    SELECT DISTINCT bucket FROM rollup WHERE level = 2 AND owner = ?1 AND type = ?2 AND bucket BETWEEN ?3 AND ?4
                        AND (?5 IS NULL OR script = ?5) \(among)
                    """, owner, type, buckets.lowerBound, buckets.upperBound, script
                ) { try $0.integer("bucket") })
        }
        return hours.sorted()
    }

    static func record(_ row: Row) throws -> MetricRecord {
        MetricRecord(
            time: try row.timestamp("time"), sequence: try row.integer("seq"), owner: try row.text("owner"),
            script: try row.text("script"), type: try row.text("type"), run: try row.optionalText("run"),
            value: try row.real("value"), labels: try row.optionalText("labels"))
    }

    /// The measurements of a run, oldest first, at most 1000.
    package func rows(ofRun number: Int64) throws -> [MetricRecord] {
        try connection.query(
            "\(Self.columns) WHERE metric.run = ? ORDER BY metric.time, seq LIMIT 1000", number, map: Self.record)
    }
}
