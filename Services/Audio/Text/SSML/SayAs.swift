import AudioAPI

/// How `say-as` wants its text said.
/// Source: W3C Note "SSML 1.0 say-as attribute values", 2005; the other names are those of the large speech services.
struct SayAs {
    let interpretation: String
    let format: String?
    let normalizer: SpeechNormalizer

    /// The text in words. Unknown interpretations and texts that do not fit are said as if they stood alone (SSML 1.1, 3.1.9).
    func spoken(_ text: String) -> String {
        let text = text.trimmed
        switch interpretation {
        case "digits", "number:digits": return digits(text)
        case "characters", "spell-out", "verbatim", "letters": return characters(text)
        case "cardinal", "number": return number(text) { $0.spoken } ?? normalizer.spoken(text)
        case "ordinal":
            return number(text) { $0.fraction == nil ? EnglishNumber.ordinal($0.whole) : $0.spoken }
                ?? normalizer.spoken(text)
        case "date": return date(text) ?? normalizer.spoken(text)
        case "telephone": return telephone(text)
        default: return normalizer.spoken(text)
        }
    }

    /// Digits one by one, everything else as it is.
    private func digits(_ text: String) -> String {
        text.map { $0.isASCII && $0.isNumber ? " \(EnglishNumber.digits(String($0))) " : String($0) }.joined()
            .split(separator: " ").joined(separator: " ")
    }

    private func characters(_ text: String) -> String {
        text.filter { !$0.isWhitespace }.map { character in
            if character.isLetter { return character.uppercased() }
            if character.isASCII && character.isNumber { return EnglishNumber.digits(String(character)) }
            if let name = Self.marks[character] { return name }
            return normalizer.spoken(String(character))
        }
        .filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// - Returns: `nil` unless the text is one number, or a Roman numeral.
    private func number(_ text: String, _ words: (WrittenNumber) -> String) -> String? {
        let isNegative = text.hasPrefix("-") || text.hasPrefix("−")
        let unsigned = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
        if let value = RomanNumeralRule.value(unsigned) {
            return words(WrittenNumber(whole: String(value), fraction: nil, count: 1, isGrouped: false))
        }
        let tokens = SpeechTokens(unsigned)
        guard var number = tokens.number(at: 0), number.count == tokens.count else { return nil }
        // "007" as a quantity is seven.
        number.whole = String(number.whole.drop { $0 == "0" })
        if number.whole.isEmpty { number.whole = "0" }
        return (isNegative ? "minus " : "") + words(number)
    }

    private func date(_ text: String) -> String? {
        guard let format, !format.isEmpty else { return nil }
        var parts = text.split { !$0.isNumber }.map(String.init)
        if parts.count == 1, format == "ymd", text.utf8.count == 8 {
            parts = [String(text.prefix(4)), String(text.dropFirst(4).prefix(2)), String(text.suffix(2))]
        }
        guard parts.count == format.count, text.allSatisfy({ $0.isNumber || "/-. ".contains($0) }) else { return nil }
        var values: [Character: Int] = [:]
        for (key, part) in zip(format, parts) {
            guard let value = Int(part) else { return nil }
            values[key] = value
        }
        if let year = values["y"], !(1...9999).contains(year) { return nil }
        guard let month = values["m"] else {
            return values["y"].map(EnglishNumber.year) ?? values["d"].map { EnglishNumber.ordinal($0) }
        }
        guard (1...12).contains(month) else { return nil }
        guard let day = values["d"] else {
            return ([EnglishDate.months[month - 1]] + [values["y"].map(EnglishNumber.year)].compactMap { $0 }).joined(
                separator: " ")
        }
        return EnglishDate.isDay(day, ofMonth: month) ? EnglishDate.spoken(month: month, day: day, year: values["y"]) : nil
    }

    private func telephone(_ text: String) -> String {
        let groups = text.split { !$0.isNumber || !$0.isASCII }
        return (text.hasPrefix("+") ? "plus " : "") + PhoneRule.spoken(groups)
    }

    private static let marks: [Character: String] = [
        ".": "dot", ",": "comma", "-": "dash", "_": "underscore", "/": "slash", "\\": "backslash", ":": "colon", ";": "semicolon",
        "!": "exclamation mark", "?": "question mark", "#": "hash", "*": "star", "(": "open bracket", ")": "close bracket",
        "'": "apostrophe", "\"": "quote", "<": "less than", ">": "greater than", "~": "tilde", "|": "bar", "^": "caret",
    ]
}
