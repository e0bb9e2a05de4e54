/// Numbers as people read them.
enum Figures {
    /// Three digits that count, with k, M, G or T.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        for (limit, letter) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")] where abs(value) >= limit {
            return digits(value / (letter == "k" ? 1e3 : limit)) + " " + letter
        }
        return digits(value)
    }

    /// A figure with its unit.
    static func text(_ value: Double?, unit: String) -> String {
        guard let value else { return "–" }
        switch unit {
        case "1": return digits(value * 100) + " %"
        case "USD": return "$" + (abs(value) >= 0.1 && abs(value) < 1e4 ? cents(value) : short(value))
        case "B": return short(value) + "B"
        case "s", "h": return short(value) + " " + unit
        default: return short(value)
        }
    }

    /// The change from an earlier figure, in per cent.
    static func change(_ value: Double?, from before: Double?) -> String {
        guard let value, let before, before != 0 else { return "" }
        let change = (value - before) / abs(before) * 100
        return (change >= 0 ? "+" : "−") + digits(abs(change)) + " %"
    }

    private static func cents(_ value: Double) -> String {
        let cents = Int64((abs(value) * 100).rounded())
        return (value < 0 ? "−" : "") + "\(cents / 100)." + (cents % 100 < 10 ? "0" : "") + "\(cents % 100)"
    }

    private static func digits(_ value: Double) -> String {
        let places: Double = abs(value) >= 100 ? 1 : abs(value) >= 10 ? 10 : abs(value) >= 0.1 ? 100 : 10_000
        let rounded = (value * places).rounded() / places
        return Int64(exactly: rounded).map(String.init) ?? rounded.description
    }
}
