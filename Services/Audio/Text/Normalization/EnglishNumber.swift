/// Numbers in English words.
enum EnglishNumber {
    /// A whole number.
    /// - Parameter digits: ASCII digits; more than 36 of them, and a leading zero before others, are said one by one.
    static func cardinal(_ digits: some StringProtocol) -> String {
        guard digits.count <= 36, digits == "0" || digits.first != "0" else { return self.digits(digits) }
        guard digits != "0" else { return "zero" }
        var words: [String] = []
        var rest = Substring(digits)
        while !rest.isEmpty {
            let size = (rest.count - 1) % 3 + 1
            let scale = scales[(rest.count - 1) / 3]
            let value = Int(rest.prefix(size)) ?? 0
            rest = rest.dropFirst(size)
            guard value > 0 else { continue }
            words.append(belowThousand(value))
            if !scale.isEmpty { words.append(scale) }
        }
        return words.joined(separator: " ")
    }

    static func cardinal(_ value: Int) -> String { cardinal(String(value)) }

    /// The place in an order: "twenty-first".
    static func ordinal(_ digits: some StringProtocol) -> String {
        let words = cardinal(digits)
        let start = words.lastIndex { $0 == " " || $0 == "-" }.map { words.index(after: $0) } ?? words.startIndex
        let last = String(words[start...])
        return words[..<start] + ordinalOfWord(last)
    }

    static func ordinal(_ value: Int) -> String { ordinal(String(value)) }

    /// Each digit by itself.
    static func digits(_ text: some StringProtocol) -> String {
        text.compactMap { $0.wholeNumberValue }.map { ones[$0] }.joined(separator: " ")
    }

    /// A number with a fraction: "three point one four".
    static func decimal(_ whole: some StringProtocol, _ fraction: some StringProtocol) -> String {
        "\(whole.isEmpty ? "zero" : cardinal(whole)) point \(digits(fraction))"
    }

    /// A year as people say it: in pairs of digits, save the first years of a millennium.
    /// - Parameter value: 1 to 9999.
    static func year(_ value: Int) -> String {
        let (century, rest) = (value / 100, value % 100)
        if value < 1000 || value % 1000 < 10 || century % 10 == 0 && rest < 10 { return cardinal(value) }
        if rest == 0 { return "\(cardinal(century)) hundred" }
        return "\(cardinal(century)) \(rest < 10 ? "oh \(ones[rest])" : cardinal(rest))"
    }

    /// More than one of what a number's last word names: "nineties".
    static func plural(_ words: String) -> String {
        words.hasSuffix("y") ? words.dropLast() + "ies" : words.hasSuffix("x") ? words + "es" : words + "s"
    }

    private static func belowThousand(_ value: Int) -> String {
        if value >= 100 {
            return "\(ones[value / 100]) hundred" + (value % 100 == 0 ? "" : " " + belowThousand(value % 100))
        }
        if value < 20 { return ones[value] }
        return tens[value / 10] + (value % 10 == 0 ? "" : "-" + ones[value % 10])
    }

    private static func ordinalOfWord(_ word: String) -> String {
        if let irregular = irregularOrdinals[word] { return irregular }
        return word.hasSuffix("y") ? word.dropLast() + "ieth" : word + "th"
    }

    private static let ones = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    /// Short scale.
    private static let scales = [
        "", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion", "sextillion", "septillion", "octillion",
        "nonillion", "decillion",
    ]
    private static let irregularOrdinals = [
        "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
    ]
}
