package import Primitives

/// A report that is mailed again and again.
package struct ReportSchedule: Sendable, Hashable {
    package enum Rhythm: Sendable, Hashable {
        case daily
        /// 1 is Monday, as ISO 8601 counts.
        case weekly(day: Int)
        /// 1 to 28.
        case monthly(day: Int)
    }

    package var name: String
    package var rhythm: Rhythm
    /// Minutes after midnight, UTC.
    package var minute: Int
    /// How many days the report is on; `nil` for those since the report before.
    package var days: Int?
    package var receiver: String

    package init(name: String, rhythm: Rhythm, minute: Int, days: Int?, receiver: String) {
        (self.name, self.rhythm, self.minute, self.days, self.receiver) = (name, rhythm, minute, days, receiver)
    }

    /// The last moment up to `time` at which it was due.
    package func lastDue(at time: Timestamp) -> Timestamp {
        let day: Int64 = 86_400_000
        var moment = (time.milliseconds / day) * day + Int64(minute) * 60_000
        while moment > time.milliseconds || !isDay(moment / day) { moment -= day }
        return Timestamp(milliseconds: moment)
    }

    /// The whole days before the day on which a report is due: those since the one before, unless the schedule says how many.
    /// - Parameter due: a moment that `lastDue` gives.
    package func period(dueAt due: Timestamp) -> Range<Timestamp> {
        func midnight(_ time: Timestamp) -> Timestamp { Timestamp(milliseconds: time.milliseconds / 86_400_000 * 86_400_000) }
        let end = midnight(due)
        if let days { return end.advanced(by: .hours(-24 * Int64(days)))..<end }
        return midnight(lastDue(at: due.advanced(by: .milliseconds(-1))))..<end
    }

    /// - Parameter number: days since 1970-01-01, which was a Thursday.
    private func isDay(_ number: Int64) -> Bool {
        switch rhythm {
        case .daily: true
        case .weekly(let day): (number + 3) % 7 + 1 == Int64(day)
        case .monthly(let day):
            Int(Timestamp(milliseconds: number * 86_400_000).iso8601.dropFirst(8).prefix(2)) == day
        }
    }
}
