/// Telephone numbers, digit by digit in their groups: `555-123-4567`, `(555) 123-4567`, `+44 20 7946 0958`, `1-800-555-0199`.
struct PhoneRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol]

    /// Lengths of the groups of numbers that are recognised without a leading plus: North American telephone and social security
    /// numbers and postal codes.
    private static let shapes: Set<[Int]> = [[3, 4], [3, 3, 4], [1, 3, 3, 4], [3, 2, 4], [5, 4]]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        if tokens[index - 1].kind == .digits || tokens.isSymbol(index - 1, "-") || tokens.isSymbol(index - 1, ".") { return nil }
        var next = index
        let hasPlus = tokens.isSymbol(next, "+")
        if hasPlus { next += 1 }
        var groups: [Substring] = []
        var hasBrackets = false
        var hasSpaces = false
        // Other long codes, such as those of books, are said the same way when they are written with hyphens.
        let hasHyphens = tokens.isSymbol(index + 1, "-")
        // No number has more groups than this.
        while groups.count < 7 {
            var place = next
            if !groups.isEmpty {
                if tokens[place].kind == .space, tokens[place].text.count == 1 {
                    place += 1
                } else if let mark = tokens.symbol(place), mark == "-" || mark == "." {
                    place += 1
                }
            }
            if tokens.isSymbol(place, "("), tokens[place + 1].kind == .digits, tokens.isSymbol(place + 2, ")") {
                groups.append(tokens[place + 1].text)
                hasBrackets = true
                next = place + 3
            } else if tokens[place].kind == .digits, place > next || groups.isEmpty || hasBrackets {
                hasSpaces = hasSpaces || place > next && tokens[next].kind == .space && !tokens.isSymbol(next - 1, ")")
                groups.append(tokens[place].text)
                next = place + 1
            } else {
                break
            }
        }
        let lengths = groups.map(\.count)
        let total = lengths.reduce(0, +)
        let isPhone =
            hasPlus
            ? (7...15).contains(total) && groups.count > 1 || total >= 10 && total <= 15
            : Self.shapes.contains(lengths) && (hasBrackets || !hasSpaces)
                && (lengths.count > 2 || tokens.isSymbol(index + 1, "-"))
                || groups.count > 2 && total > 6 && !hasSpaces && !hasBrackets && hasHyphens
        guard isPhone, !tokens.isSymbol(next, "-"), tokens[next].kind != .word else { return nil }
        return SpeechMatch(spoken: (hasPlus ? "plus " : "") + Self.spoken(groups), count: next - index)
    }

    /// Groups of digits with a breath between them.
    static func spoken(_ groups: [Substring]) -> String {
        groups.map { $0 == "800" ? "eight hundred" : EnglishNumber.digits($0) }.joined(separator: ", ")
    }
}
