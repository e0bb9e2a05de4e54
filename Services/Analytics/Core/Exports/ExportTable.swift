import AnalyticsAPI
import Persistence
import Primitives

/// What can be taken along as CSV.
package enum ExportTable: String, Sendable, CaseIterable {
    case metrics, runs, minutes, hours, days, breakdown

    /// The first line.
    package var header: [String] {
        switch self {
        case .metrics: ["timestamp", "owner", "script_name", "metric_type", "run_id", "value", "labels"]
        case .runs: ["id", "owner", "script_name", "status", "timestamp", "ended", "error_type", "error", "labels"]
        case .minutes, .hours, .days: ["time", "owner", "script_name", "metric_type", "count", "sum", "min", "max"]
        case .breakdown: ["date", "owner", "dimension", "value", "metric_type", "count", "sum"]
        }
    }

    private var level: RollupLevel? {
        switch self {
        case .minutes: .minute
        case .hours: .hour
        case .days: .day
        default: nil
        }
    }
}

/// Where an export goes on: the key of the last row that was given.
package struct ExportCursor: Sendable, Hashable {
    let key: [Int64]

    package static let start = ExportCursor(key: [])
}

extension AnalyticsQueries {
    /// The next lines of an export, oldest first. Every piece is a snapshot of its own, so that an export of any length holds none
    /// back.
    /// - Returns: the lines and where to go on; `nil` after the last.
    package func lines(
        of table: ExportTable, in period: Period, after cursor: ExportCursor, limit: Int
    ) throws -> (text: String, next: ExportCursor?) {
        guard let owner else { return ("", nil) }
        var (text, last, count) = ("", cursor, 0)
        func add(_ fields: [String], _ key: [Int64]) {
            text += CSV.line(fields.map(Self.defused))
            last = ExportCursor(key: key)
            count += 1
        }
        switch table {
        case .metrics: try metricLines(owner, period, cursor, limit, add)
        case .runs: try runLines(owner, period, cursor, limit, add)
        case .minutes: try rollupLines(.minute, owner, period, cursor, limit, add)
        case .hours: try rollupLines(.hour, owner, period, cursor, limit, add)
        case .days: try rollupLines(.day, owner, period, cursor, limit, add)
        case .breakdown: try breakdownLines(owner, period, cursor, limit, add)
        }
        return (text, count == limit ? last : nil)
    }

    /// A field that a spreadsheet would take for a formula is made a text (OWASP, "CSV Injection"). Numbers stay numbers.
    private static func defused(_ field: String) -> String {
        guard let first = field.utf8.first, "=+-@\t".utf8.contains(first), Double(field) == nil else { return field }
        return "'" + field
    }

    private func metricLines(
        _ owner: Int64, _ period: Period, _ cursor: ExportCursor, _ limit: Int, _ add: ([String], [Int64]) -> Void
    ) throws {
        _ = try connection.query(
            """
            \(Self.columns)
            WHERE (metric.time, seq) > (?1, ?2) AND metric.time >= ?3 AND metric.time < ?4 AND (?5 = 0 OR metric.owner = ?5)
            ORDER BY metric.time, seq LIMIT ?6
            """, cursor.key.first ?? .min, cursor.key.last ?? .min, period.from, period.to, owner, limit
        ) { row in
            let record = try Self.record(row)
            add(
                [
                    record.time.iso8601, record.owner, record.script, record.type, record.run ?? "", Self.text(record.value),
                    record.labels ?? "",
                ], [record.time.milliseconds, record.sequence])
        }
    }

    private func runLines(
        _ owner: Int64, _ period: Period, _ cursor: ExportCursor, _ limit: Int, _ add: ([String], [Int64]) -> Void
    ) throws {
        _ = try connection.query(
            """
            \(Self.runColumns)
            WHERE (started, number) > (?1, ?2) AND started >= ?3 AND started < ?4 AND (?5 = 0 OR run.owner = ?5)
            ORDER BY started, number LIMIT ?6
            """, cursor.key.first ?? .min, cursor.key.last ?? .min, period.from, period.to, owner, limit
        ) { row in
            let run = try Self.runRecord(row)
            add(
                [
                    run.id, run.owner, run.script, run.status ?? "", run.started.iso8601, run.ended?.iso8601 ?? "",
                    run.errorType ?? "", run.error ?? "", run.labels ?? "",
                ], [run.started.milliseconds, run.number])
        }
    }

    private func rollupLines(
        _ level: RollupLevel, _ owner: Int64, _ period: Period, _ cursor: ExportCursor, _ limit: Int,
        _ add: ([String], [Int64]) -> Void
    ) throws {
        let (buckets, key) = (period.buckets(level), cursor.key.isEmpty ? [.min, .min, .min, .min] : cursor.key)
        _ = try connection.query(
            """
            SELECT owner, type, bucket, script, n, whole, nano, low, high FROM rollup
            WHERE level = ?1 AND (owner, type, bucket, script) > (?2, ?3, ?4, ?5) AND bucket BETWEEN ?6 AND ?7
                AND iif(?8 = 0, owner > 0, owner = ?8)
            ORDER BY level, owner, type, bucket, script LIMIT ?9
            """, level.rawValue, key[0], key[1], key[2], key[3], buckets.lowerBound, buckets.upperBound, owner, limit
        ) { row in
            let (owner, type) = (try row.integer("owner"), try row.integer("type"))
            let (bucket, script, sum) = (try row.integer("bucket"), try row.integer("script"), try row.exactSum())
            add(
                [
                    Timestamp(milliseconds: bucket * level.length).iso8601, try name(owner), try name(script), try name(type),
                    "\(sum.count)", Self.text(sum.sum), Self.text(sum.low), Self.text(sum.high),
                ], [owner, type, bucket, script])
        }
    }

    private func breakdownLines(
        _ owner: Int64, _ period: Period, _ cursor: ExportCursor, _ limit: Int, _ add: ([String], [Int64]) -> Void
    ) throws {
        let (days, key) = (period.buckets(.day), cursor.key.isEmpty ? [.min, .min, .min, .min, .min] : cursor.key)
        _ = try connection.query(
            """
            SELECT owner, dimension, type, day, value, n, whole, nano, 0.0 AS low, 0.0 AS high FROM breakdown
            WHERE (owner, dimension, type, day, value) > (?1, ?2, ?3, ?4, ?5) AND day BETWEEN ?6 AND ?7
                AND iif(?8 = 0, owner > 0, owner = ?8)
            ORDER BY owner, dimension, type, day, value LIMIT ?9
            """, key[0], key[1], key[2], key[3], key[4], days.lowerBound, days.upperBound, owner, limit
        ) { row in
            let (owner, dimension) = (try row.integer("owner"), try row.integer("dimension"))
            let (type, day, value) = (try row.integer("type"), try row.integer("day"), try row.integer("value"))
            let sum = try row.exactSum()
            add(
                [
                    String(Timestamp(milliseconds: day * RollupLevel.day.length).iso8601.prefix(10)), try name(owner),
                    Dimension(rawValue: dimension)?.name ?? "", try name(value), try name(type), "\(sum.count)", Self.text(sum.sum),
                ], [owner, dimension, type, day, value])
        }
    }

    /// Whole numbers without a fraction.
    private static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? number.description
    }
}
