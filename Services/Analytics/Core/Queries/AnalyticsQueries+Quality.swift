import AnalyticsAPI
import Persistence
package import Primitives

/// What is wrong with what was recorded, or was refused.
package struct QualityReport: Sendable {
    /// A script that measured nothing for hours between two in which it did.
    package struct Gap: Sendable, Hashable {
        package let script: String
        package let from: Timestamp
        package let to: Timestamp
    }

    /// Rows that say the same of the same millisecond, and that nothing tells apart (see `Measurement.isComparable`): likely one
    /// that was sent again.
    package struct Repeat: Sendable, Hashable {
        package let script: String
        package let type: String
        package let time: Timestamp
        package let count: Int64
    }

    /// A bucket with a value that can not be: less than nothing of what is counted or measured.
    package struct Impossible: Sendable, Hashable {
        package let script: String
        package let type: String
        package let day: Timestamp
        package let lowest: Double
    }

    package struct Refusal: Sendable, Hashable {
        package let day: Timestamp
        package let code: String
        package let count: Int64
        package let example: String
    }

    package var gaps: [Gap] = []
    package var repeats: [Repeat] = []
    package var impossible: [Impossible] = []
    /// What came and was not taken; of everybody, so for administrators.
    package var refusals: [Refusal] = []
    /// Counts since the service began: `accepted`, `duplicates`, `folded`.
    package var tallies: [String: Int64] = [:]
}

extension AnalyticsQueries {
    /// Entries of each list at most.
    private static let most = 100
    /// A script that measured in fewer of a period's hours is not expected to do so in all.
    private static let leastShare = 0.5

    package func quality(in period: Period) throws -> QualityReport {
        var report = QualityReport()
        guard let owner else { return report }
        report.gaps = try gaps(in: period)
        report.impossible = try impossible(in: period)
        report.repeats = try repeats(in: period)
        guard owner == SumBatch.everyone else { return report }
        let days = period.buckets(.day)
        report.refusals = try connection.query(
            "SELECT * FROM refusal WHERE day BETWEEN ? AND ? ORDER BY day DESC, n DESC LIMIT ?", days.lowerBound, days.upperBound,
            Self.most
        ) { row in
            QualityReport.Refusal(
                day: Timestamp(milliseconds: try row.integer("day") * RollupLevel.day.length), code: try row.text("code"),
                count: try row.integer("n"), example: try row.text("example"))
        }
        for (name, value) in try connection.query(
            "SELECT name, value FROM tally WHERE name NOT IN ('sequence', 'store', 'told')",
            map: { (try $0.text("name"), try $0.integer("value")) })
        {
            report.tallies[name] = value
        }
        return report
    }

    private func gaps(in period: Period) throws -> [QualityReport.Gap] {
        var hours: [Int64: Set<Int64>] = [:]
        for type in try types() {
            for point in try points(.hour, type: type.name, in: period) {
                hours[point.script, default: []].insert(RollupLevel.hour.bucket(point.time.milliseconds))
            }
        }
        var gaps: [QualityReport.Gap] = []
        for (script, active) in hours {
            let sorted = active.sorted()
            guard let first = sorted.first, let last = sorted.last, last > first,
                Double(sorted.count) >= Double(last - first + 1) * Self.leastShare
            else { continue }
            for (hour, next) in zip(sorted, sorted.dropFirst()) where next > hour + 1 {
                let length = RollupLevel.hour.length
                gaps.append(
                    QualityReport.Gap(
                        script: try name(script), from: Timestamp(milliseconds: (hour + 1) * length),
                        to: Timestamp(milliseconds: next * length)))
            }
        }
        return Array(gaps.sorted { $0.from > $1.from }.prefix(Self.most))
    }

    /// What the studio's own types measure is never negative.
    private func impossible(in period: Period) throws -> [QualityReport.Impossible] {
        var found: [QualityReport.Impossible] = []
        for type in try types() where MetricType.neverNegative(type.name) {
            for point in try points(.day, type: type.name, in: period) where point.sum.low < 0 {
                found.append(
                    QualityReport.Impossible(
                        script: try name(point.script), type: type.name, day: point.time, lowest: point.sum.low))
            }
        }
        return Array(found.sorted { $0.day > $1.day }.prefix(Self.most))
    }

    /// Looks at the rows of the period's last day alone: they are many.
    private func repeats(in period: Period) throws -> [QualityReport.Repeat] {
        guard let owner else { return [] }
        let end = period.to.milliseconds
        return try connection.query(
            """
            SELECT script, type, time, count(*) AS n FROM metric
            WHERE time >= ?1 AND time < ?2 AND (?3 = 0 OR owner = ?3) AND comparable = 1
            GROUP BY time, owner, script, type, run, value, labels HAVING n > 1 ORDER BY time DESC LIMIT ?4
            """, max(period.from.milliseconds, end - RollupLevel.day.length), end, owner, Self.most
        ) { row in
            QualityReport.Repeat(
                script: try name(try row.integer("script")), type: try name(try row.integer("type")),
                time: try row.timestamp("time"), count: try row.integer("n"))
        }
    }
}
