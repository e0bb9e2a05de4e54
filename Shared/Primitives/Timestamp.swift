import FoundationEssentials

/// A moment in UTC with millisecond precision; coded as ISO-8601 text such as `2026-11-21T05:00:00.000Z`.
package struct Timestamp: Comparable, Hashable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The system clock's present time.
    package static func now() -> Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// Reads ISO-8601 in UTC, with or without a fraction of a second.
    /// - Returns: `nil` when the text is no such time.
    package init?(iso8601 text: String) {
        let plain = Date.ISO8601FormatStyle()
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let date = (try? fractional.parse(text)) ?? (try? plain.parse(text)) else { return nil }
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    package var iso8601: String {
        let (days, inDay) = milliseconds.flooredDivision(by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        let (seconds, fraction) = inDay.flooredDivision(by: 1000)
        var text = Bytes()
        text.reserveCapacity(24)
        append(date.year, 4, to: &text)
        append(date.month, 2, after: "-", to: &text)
        append(date.day, 2, after: "-", to: &text)
        append(seconds / 3600, 2, after: "T", to: &text)
        append(seconds / 60 % 60, 2, after: ":", to: &text)
        append(seconds % 60, 2, after: ":", to: &text)
        append(fraction, 3, after: ".", to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    package var description: String { iso8601 }

    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds + duration.milliseconds)
    }

    package func duration(since earlier: Timestamp) -> Duration {
        .milliseconds(milliseconds - earlier.milliseconds)
    }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(iso8601: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an ISO-8601 time: \(text)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(iso8601)
    }
}

/// A day of the proleptic Gregorian calendar.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
private struct CivilDate {
    let year: Int64, month: Int64, day: Int64

    init(daysSinceEpoch: Int64) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

/// Appends a number with two to four digits, or those that it has.
private func append(_ value: Int64, _ width: Int, after separator: Unicode.Scalar? = nil, to text: inout Bytes) {
    if let separator { text.append(UInt8(ascii: separator)) }
    guard (0...9999).contains(value) else { return text.append(contentsOf: String(value).utf8) }
    if width > 3 { text.append(digit(value / 1000)) }
    if width > 2 { text.append(digit(value / 100)) }
    text.append(digit(value / 10))
    text.append(digit(value))
}

/// The last digit of a number.
private func digit(_ value: Int64) -> UInt8 { UInt8(ascii: "0") + UInt8(value % 10) }

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
