package import Primitives

/// Finds values that do not fit a series' own habits.
///
/// The season is taken out first: from each value the median of the others at the same place of the cycle (weekday, hour of the
/// day); its own value must not take part, or a few weeks would fit their season too well. What remains is judged by the modified
/// z-score, 0.6745 (x − median) / MAD, which a few wild values do not move; above 3.5 a value is flagged. Source: B. Iglewicz and
/// D. Hoaglin, "How to Detect and Handle Outliers", ASQC Basic References in Quality Control 16, 1993. Where more than half of the
/// remainders are equal, so that the MAD is 0, the mean absolute deviation takes its place with the factor 1.253314 (IBM SPSS
/// Statistics Algorithms, "Modified z score").
package struct AnomalyDetector: Sendable {
    package struct Finding: Sendable, Hashable {
        /// Which value of the series.
        package let index: Int
        package let value: Double
        /// What the season and the middle of the rest let expect.
        package let expected: Double
        /// The modified z-score.
        package let score: Double
    }

    package static let threshold = 3.5
    /// Values in a cycle: 7 days, 24 hours.
    let cycle: Int

    package init(cycle: Int) {
        self.cycle = max(1, cycle)
    }

    /// Cycles that a series needs for a season to be seen in it.
    private static let cycles = 3

    /// - Parameter series: one value for each step of time, oldest first.
    /// - Returns: what is flagged; nothing for a series shorter than three cycles.
    package func findings(in series: [Double]) -> [Finding] {
        guard series.count >= Self.cycles * cycle else { return [] }
        let season = series.indices.map { index in
            Self.median(stride(from: index % cycle, to: series.count, by: cycle).filter { $0 != index }.map { series[$0] })
        }
        let rest = series.indices.map { series[$0] - season[$0] }
        let center = Self.median(rest)
        let deviations = rest.map { abs($0 - center) }
        let mad = Self.median(deviations)
        let mean = deviations.reduce(0, +) / Double(deviations.count)
        let scale = mad > 0 ? mad / 0.6745 : mean * 1.253314
        guard scale > 0 else { return [] }
        return rest.indices.compactMap { index in
            let score = (rest[index] - center) / scale
            guard abs(score) > Self.threshold else { return nil }
            return Finding(index: index, value: series[index], expected: center + season[index], score: score)
        }
    }

    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }
}

extension AnalyticsQueries {
    /// Days of a type that do not fit, of the last eight weeks: the running day is not judged, days without measurements count as 0
    /// from the first one with any.
    package func anomalies(type: String, script: String? = nil, now: Timestamp) throws -> [(
        day: Timestamp, finding: AnomalyDetector.Finding
    )] {
        let period = Period.days(57, until: now)
        var sums: [Int64: Double] = [:]
        for point in try points(.day, type: type, script: script, in: period) {
            sums[RollupLevel.day.bucket(point.time.milliseconds), default: 0] += point.sum.sum
        }
        let today = RollupLevel.day.bucket(now.milliseconds)
        guard let first = sums.keys.min(), first < today else { return [] }
        let days = Array(first..<today)
        return AnomalyDetector(cycle: 7).findings(in: days.map { sums[$0] ?? 0 }).map { finding in
            (Timestamp(milliseconds: days[finding.index] * RollupLevel.day.length), finding)
        }
    }
}
