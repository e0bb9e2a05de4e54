import Primitives

/// Durations as people write them: `500ms`, `30s`, `5m`, `1h30m`, `7d`.
package enum TimeSpan {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
    ]

    /// - Returns: `nil` for what is no duration or longer than a year.
    package static func parse(_ text: String) -> Duration? {
        guard text != "0" else { return .zero }
        var (rest, total) = (text[...], Int64(0))
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let count = Int64(digits), count <= 1_000_000_000 else { return nil }
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { $0.isLetter }
            guard let unit = units.first(where: { $0.name == letters }) else { return nil }
            rest = rest[letters.endIndex...]
            total += count * unit.milliseconds
        } while !rest.isEmpty && total <= 366 * 86_400_000
        return total <= 366 * 86_400_000 ? .milliseconds(total) : nil
    }

    /// The shortest such text.
    package static func text(_ span: Duration) -> String {
        var (left, text) = (span.milliseconds, "")
        for unit in units.reversed() where unit.name != "w" && left >= unit.milliseconds {
            text += "\(left / unit.milliseconds)\(unit.name)"
            left %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
