package import AnalyticsAPI
import Persistence
package import Primitives

/// One bucket's sum of one script and type.
package struct SeriesPoint: Sendable, Hashable {
    package let script: Int64
    /// The beginning of the bucket.
    package let time: Timestamp
    package let sum: ExactSum
}

extension AnalyticsQueries {
    /// Every bucket of a type, by bucket and script.
    /// - Parameter script: only this one's.
    package func points(
        _ level: RollupLevel, type: String, script: String? = nil, in period: Period
    ) throws -> [SeriesPoint] {
        guard let owner, let type = try number(.type, type) else { return [] }
        let only = try script.map { try number(.script, $0) ?? -1 }
        let buckets = period.buckets(level)
        return try connection.query(
            """
            SELECT bucket, script, n, whole, nano, low, high FROM rollup
            WHERE level = ?1 AND owner = ?2 AND type = ?3 AND bucket BETWEEN ?4 AND ?5 AND (?6 IS NULL OR script = ?6)
            """, level.rawValue, owner, type, buckets.lowerBound, buckets.upperBound, only
        ) { row in
            SeriesPoint(
                script: try row.integer("script"), time: Timestamp(milliseconds: try row.integer("bucket") * level.length),
                sum: try row.exactSum())
        }
    }

    /// A type's sum over a period of whole days, or of whole hours where days would not fit.
    /// - Parameter scripts: only these numbers; all of them without it.
    package func total(
        _ type: String, script: String? = nil, of scripts: Set<Int64>? = nil, in period: Period
    ) throws -> ExactSum {
        let isWhole = [period.from, period.to].allSatisfy { $0.milliseconds % RollupLevel.day.length == 0 }
        return try points(isWhole ? .day : .hour, type: type, script: script, in: period)
            .reduce(.zero) { scripts?.contains($1.script) == false ? $0 : $0 + $1.sum }
    }

    /// Every type's sum of each bucket, all scripts together; buckets without any are left out.
    /// - Parameter scripts: only these numbers; all of them without it.
    package func totals(
        _ level: RollupLevel, type: String, of scripts: Set<Int64>? = nil, in period: Period
    ) throws -> [(time: Timestamp, sum: ExactSum)] {
        var sums: [(time: Timestamp, sum: ExactSum)] = []
        for point in try points(level, type: type, in: period) where scripts?.contains(point.script) != false {
            if sums.last?.time == point.time {
                sums[sums.count - 1].sum.add(point.sum)
            } else {
                sums.append((point.time, point.sum))
            }
        }
        return sums
    }

    /// The sums of labels' values over whole days.
    /// - Returns: the largest first.
    package func breakdown(
        _ dimension: Dimension, type: String, in period: Period, limit: Int
    ) throws -> [(value: String, sum: ExactSum)] {
        try parts(dimension, type: type, in: period, limit: limit).map { (try name($0.value), $0.sum) }
    }

    /// The same by the values' numbers.
    func parts(
        _ dimension: Dimension, type: String, in period: Period, limit: Int? = nil
    ) throws -> [(value: Int64, sum: ExactSum)] {
        guard let owner, let type = try number(.type, type) else { return [] }
        let days = period.buckets(.day)
        return try connection.query(
            """
            SELECT value, sum(n) AS n, sum(whole) AS whole, sum(nano) AS nano, 0.0 AS low, 0.0 AS high FROM breakdown
            WHERE owner = ? AND dimension = ? AND type = ? AND day BETWEEN ? AND ?
            GROUP BY value ORDER BY sum(whole) + sum(nano) / 1e9 DESC, value LIMIT ?
            """, owner, dimension.rawValue, type, days.lowerBound, days.upperBound, limit ?? -1
        ) { (try $0.integer("value"), try $0.exactSum()) }
    }

    /// A type's sum of each script's number over whole days.
    func sumsByScript(_ type: String, in period: Period) throws -> [Int64: ExactSum] {
        try points(.day, type: type, in: period).reduce(into: [:]) { $0[$1.script, default: .zero].add($1.sum) }
    }

    /// The scripts' numbers with a type's sum over whole days, those with more than nothing.
    /// - Returns: the largest first.
    package func scripts(measuring type: String, in period: Period) throws -> [(script: Int64, sum: Double)] {
        try sumsByScript(type, in: period).map { ($0.key, $0.value.sum) }.filter { $0.1 > 0 }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Sums of each script and type over a period, from the sums by day.
    package func scripts(in period: Period) throws -> [(script: String, types: [(type: String, sum: ExactSum)])] {
        var scripts: [Int64: [(type: String, sum: ExactSum)]] = [:]
        for type in try types() {
            for (script, sum) in try sumsByScript(type.name, in: period) { scripts[script, default: []].append((type.name, sum)) }
        }
        return try scripts.map { (try name($0.key), $0.value) }.sorted { $0.script < $1.script }
    }
}

extension ExactSum {
    /// As answers show it.
    package var document: JSONValue {
        if count == 0 { return ["count": 0, "sum": 0] }
        return [
            "count": .integer(count), "sum": .number(sum), "mean": .number(mean), "min": .number(low), "max": .number(high),
        ]
    }
}
