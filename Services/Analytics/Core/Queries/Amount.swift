import Primitives

/// A sum and how many values it is of, of which a part may be taken.
struct Amount {
    var count = 0.0
    var sum = 0.0

    init() {}

    init(_ sum: ExactSum) {
        (count, self.sum) = (Double(sum.count), sum.sum)
    }

    /// - Parameter share: 0 to 1.
    mutating func add(_ other: ExactSum, share: Double = 1) {
        count += Double(other.count) * share
        sum += other.sum * share
    }
}

extension AnalyticsQueries {
    /// A type's amount from a day's beginning until a moment: whole days, then whole hours of the last day, then the share of the
    /// minutes that are over of the last hour. A day of which the hours are kept no longer counts by its share.
    /// - Parameter scripts: only these; all of them without it.
    func amount(_ type: String, of scripts: Set<Int64>? = nil, from: Timestamp, until end: Timestamp) throws -> Amount {
        let length = RollupLevel.day.length
        let midnight = Timestamp(milliseconds: RollupLevel.day.bucket(end.milliseconds) * length)
        var amount = Amount()
        if from < midnight { amount.add(try total(type, of: scripts, in: Period(from: from, to: midnight))) }
        let minutes = (end.milliseconds - midnight.milliseconds) / RollupLevel.minute.length
        guard minutes > 0 else { return amount }
        let day = Period(from: midnight, to: midnight.advanced(by: .milliseconds(length)))
        let (whole, hours) = (try total(type, of: scripts, in: day), try totals(.hour, type: type, of: scripts, in: day))
        guard hours.reduce(0, { $0 + $1.sum.count }) == whole.count else {
            amount.add(whole, share: Double(minutes) / 1440)
            return amount
        }
        for (time, sum) in hours {
            let over = minutes - (time.milliseconds - midnight.milliseconds) / RollupLevel.minute.length
            if over > 0 { amount.add(sum, share: min(1, Double(over) / 60)) }
        }
        return amount
    }

    /// The scripts that have measured a type from a day's beginning until a moment, as `amount` counts: those of whole days, and those
    /// of the last day's hours that had begun; of a day of which the hours are kept no longer, all.
    func scripts(measuring type: String, from: Timestamp, until end: Timestamp) throws -> Set<Int64> {
        let length = RollupLevel.day.length
        let midnight = Timestamp(milliseconds: RollupLevel.day.bucket(end.milliseconds) * length)
        var scripts: Set<Int64> = []
        if from < midnight { scripts.formUnion(try sumsByScript(type, in: Period(from: from, to: midnight)).keys) }
        guard midnight < end else { return scripts }
        let day = Period(from: midnight, to: midnight.advanced(by: .milliseconds(length)))
        let (whole, hours) = (try points(.day, type: type, in: day), try points(.hour, type: type, in: day))
        func count(_ points: [SeriesPoint]) -> Int64 { points.reduce(0) { $0 + $1.sum.count } }
        return scripts.union((count(hours) == count(whole) ? hours.filter { $0.time < end } : whole).map(\.script))
    }
}
