package import Primitives

/// An exact amount in nano US dollars (10⁻⁹ $): 64 bits hold ±9.2 billion dollars.
///
/// The price of one token is seldom a whole number of micro dollars (6 $ per billion tokens is 0.006 µ$), so micro dollars would
/// have to round each call; nano dollars round in the tenth digit.
package struct Money: Sendable, Hashable, Comparable {
    /// Billionths of a dollar.
    package var nanoDollars: Int64

    /// The largest amount that any price, limit or estimate may have: a billion dollars. Sums of a few stay within 64 bits.
    package static let maximum = Money(nanoDollars: 1_000_000_000 * 1_000_000_000)
    package static let zero = Money(nanoDollars: 0)

    package init(nanoDollars: Int64) {
        self.nanoDollars = nanoDollars
    }

    /// Whole dollars.
    package static func dollars(_ count: Int64) -> Money { Money(nanoDollars: count * 1_000_000_000) }

    /// Reads a plain decimal such as `0.075` or `12`, exactly.
    /// - Returns: `nil` for signs, exponents, more than nine digits after the point, or more than `maximum`.
    package init?(decimal text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard let whole = parts.first, (1...10).contains(whole.utf8.count), (1...9).contains(fraction.utf8.count),
            whole.utf8.allSatisfy(Self.isDigit), fraction.utf8.allSatisfy(Self.isDigit),
            let units = Int64(whole), let digits = Int64(fraction), units <= Self.maximum.nanoDollars / 1_000_000_000
        else { return nil }
        let scale = (0..<(9 - fraction.utf8.count)).reduce(Int64(1)) { scale, _ in scale * 10 }
        nanoDollars = units * 1_000_000_000 + digits * scale
        guard self <= .maximum else { return nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// In dollars, for scores and JSON; not for sums.
    package var dollars: Double { Double(nanoDollars) / 1e9 }
    /// The amount as a JSON number of dollars.
    package var json: JSONValue { .number(dollars) }
    package var isNegative: Bool { nanoDollars < 0 }

    package static func < (a: Money, b: Money) -> Bool { a.nanoDollars < b.nanoDollars }
    package static func + (a: Money, b: Money) -> Money { Money(nanoDollars: a.nanoDollars.addingSaturated(b.nanoDollars)) }
    package static func - (a: Money, b: Money) -> Money { a + Money(nanoDollars: 0 &- max(b.nanoDollars, -Int64.max)) }
    package static func += (a: inout Money, b: Money) { a = a + b }
    package static func -= (a: inout Money, b: Money) { a = a - b }
}

extension Money: CustomStringConvertible {
    /// Dollars with the digits that matter: `$12.00`, `$0.0421`, `$0.000000016`.
    package var description: String {
        let magnitude = nanoDollars.magnitude
        let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var digits = String(rest)
        digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        // Four significant digits of the fraction, at least the cents.
        let leading = whole > 0 ? 0 : digits.prefix { $0 == "0" }.count
        var kept = Substring(digits.prefix(max(2, min(9, leading + 4))))
        while kept.utf8.count > 2, kept.last == "0" { kept.removeLast() }
        return (nanoDollars < 0 ? "-$" : "$") + String(whole) + "." + kept
    }
}

extension Int64 {
    /// The sum, or the nearest number there is: an amount never wraps around to the other sign.
    fileprivate func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
