import AnalyticsAPI
package import Primitives

/// What the month will have cost at its end.
package struct CostProjection: Sendable, Hashable {
    /// The first moments of the month and of the next, UTC.
    package let month: Period
    package let spent: Double
    /// What is spent and what is expected of the rest; `nil` before there is a whole day to tell it from.
    package let projected: Double?
    /// The whole days before today that it is told from: those of the last four weeks since something has cost anything.
    package let days: Int
    /// How it is told, in words.
    package static let method = """
        what is spent, and for each day left, and what is left of today, the mean of its weekday over the days before today, up to 28; \
        the mean of all these days for a weekday that is not among them
        """

    /// Each remaining day is expected to cost what its weekday did on average over the last four weeks, those that the studio has
    /// been in use for, or what all of those days did where that weekday is not among them; today, what is left of that. So a month
    /// that begins with a weekend is not taken for a cheap one.
    /// - Parameters:
    ///   - daily: cost by day, counted from 1970; days without any left out.
    static func make(daily: [Int64: Double], now: Timestamp) -> CostProjection {
        let today = RollupLevel.day.bucket(now.milliseconds)
        let (first, next) = monthBounds(of: today)
        let spent = (first...today).reduce(0) { $0 + (daily[$1] ?? 0) }
        let firstKnown = max(daily.keys.min() ?? today, today - 28)
        let days = Int(max(0, today - firstKnown))
        func expected(_ day: Int64) -> Double {
            let weekday = day % 7
            let known = firstKnown..<max(firstKnown, today)
            let same = known.filter { $0 % 7 == weekday }
            let past = same.isEmpty ? Array(known) : same
            return past.reduce(0) { $0 + (daily[$1] ?? 0) } / Double(max(1, past.count))
        }
        var projected = spent + max(0, expected(today) - (daily[today] ?? 0))
        for day in (today + 1)..<max(next, today + 1) { projected += expected(day) }
        let length = RollupLevel.day.length
        return CostProjection(
            month: Period(from: Timestamp(milliseconds: first * length), to: Timestamp(milliseconds: next * length)), spent: spent,
            projected: days > 0 ? projected : nil, days: days)
    }

    /// The days, counted from 1970, with which a day's month and the next one begin.
    private static func monthBounds(of day: Int64) -> (first: Int64, next: Int64) {
        func month(_ day: Int64) -> Substring { Timestamp(milliseconds: day * RollupLevel.day.length).iso8601.prefix(7) }
        let own = month(day)
        var (first, next) = (day, day + 1)
        while month(first - 1) == own { first -= 1 }
        while month(next) == own { next += 1 }
        return (first, next)
    }
}

extension AnalyticsQueries {
    /// What the present month has cost and will have.
    package func costProjection(now: Timestamp) throws -> CostProjection {
        var daily: [Int64: Double] = [:]
        for point in try totals(.day, type: MetricType.cost, in: Period.days(62, until: now)) {
            daily[RollupLevel.day.bucket(point.time.milliseconds)] = point.sum.sum
        }
        return CostProjection.make(daily: daily, now: now)
    }
}
