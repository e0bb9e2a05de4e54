import AudioAPI

/// Reads the values of SSML's attributes.
enum SSMLValues {
    /// Seconds that a `break` may last at most.
    static let longestBreak = 60.0
    /// Speeds outside are brought to the nearest end: nothing can be understood there.
    static let rates = 0.25...4.0

    /// The pause of a `break` element.
    /// - Throws: for values that are no time or no strength.
    static func pause(_ element: XMLElement, pauses: SpeechPauses) throws(SSMLError) -> Double {
        if let time = element.attributes["time"] {
            guard let seconds = seconds(time) else {
                throw element.position.failure("\(time) is no time for a break; write 500ms or 1.5s")
            }
            guard seconds <= longestBreak else {
                throw element.position.failure("a break lasts at most \(Int(longestBreak)) s")
            }
            return seconds
        }
        switch element.attributes["strength"] ?? "medium" {
        case "none": return 0
        case "x-weak": return pauses.sentence * 0.25
        case "weak": return pauses.sentence * 0.5
        case "medium": return pauses.sentence
        case "strong": return pauses.paragraph
        case "x-strong": return pauses.paragraph * 1.75
        case let other:
            throw element.position.failure("\(other) is no strength; use none, x-weak, weak, medium, strong or x-strong")
        }
    }

    /// The speed of a `prosody` element; a percentage with a sign changes the speed around it.
    /// - Throws: for values that are no rate.
    static func rate(_ element: XMLElement, around: Double) throws(SSMLError) -> Double {
        guard let text = element.attributes["rate"] else { return around }
        if let named = namedRates[text] { return named }
        let isRelative = text.hasPrefix("+") || text.hasPrefix("-")
        guard text.hasSuffix("%"), let percent = decimal(text.dropLast().drop { isRelative && "+-".contains($0) }) else {
            throw element.position.failure("\(text) is no rate; use x-slow, slow, medium, fast, x-fast, default or a percentage")
        }
        let rate = isRelative ? around * (1 + (text.hasPrefix("-") ? -percent : percent) / 100) : percent / 100
        return min(max(rate, rates.lowerBound), rates.upperBound)
    }

    /// `500ms`, `1.5s`, `+0.25s` (SSML 1.1, 1.5: time designation).
    private static func seconds(_ text: String) -> Double? {
        let body = text.trimmed.drop { $0 == "+" }
        if body.hasSuffix("ms") { return decimal(body.dropLast(2)).map { $0 / 1000 } }
        return body.hasSuffix("s") ? decimal(body.dropLast()) : nil
    }

    /// A number of digits and at most one point.
    private static func decimal(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.utf8.count <= 12, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) else { return nil }
        return Double(text.hasPrefix(".") ? "0" + text : text.hasSuffix(".") ? text + "0" : text)
    }

    private static let namedRates = [
        "x-slow": 0.5, "slow": 0.75, "medium": 1, "default": 1, "fast": 1.3, "x-fast": 1.75,
    ]
}
