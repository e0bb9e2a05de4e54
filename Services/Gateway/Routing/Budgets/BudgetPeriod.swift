package import Primitives

/// How long a budget lasts until it begins anew, in UTC.
package enum BudgetPeriod: String, Sendable, Hashable, CaseIterable {
    case day, month, total

    private static let dayLength: Int64 = 86_400_000

    /// The first moment of the period that a time is in.
    package func start(of time: Timestamp) -> Timestamp {
        let day = Self.floored(time.milliseconds, Self.dayLength)
        switch self {
        case .day: return Timestamp(milliseconds: day * Self.dayLength)
        case .month:
            let (year, month) = Self.civil(day)
            return Timestamp(milliseconds: Self.days(year, month) * Self.dayLength)
        case .total: return Timestamp(milliseconds: 0)
        }
    }

    /// The first moment after the period that a time is in; `nil` when there is none.
    package func end(of time: Timestamp) -> Timestamp? {
        let day = Self.floored(time.milliseconds, Self.dayLength)
        switch self {
        case .day: return Timestamp(milliseconds: (day + 1) * Self.dayLength)
        case .month:
            let (year, month) = Self.civil(day)
            return Timestamp(milliseconds: Self.days(month == 12 ? year + 1 : year, month % 12 + 1) * Self.dayLength)
        case .total: return nil
        }
    }

    private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// The year and month of a day counted from 1970-01-01.
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days; `days` is its days_from_civil.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64) {
        let era = floored(day + 719_468, 146_097)
        let dayOfEra = day + 719_468 - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month)
    }

    /// Days from 1970-01-01 to the first of a month.
    private static func days(_ year: Int64, _ month: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = floored(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
