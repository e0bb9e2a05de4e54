/// Fractions: `3/4`, `1 1/2`, `½`, `2½`; `24/7` and the like by their parts.
struct FractionRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        if let mark = tokens.symbol(index) {
            guard let (top, bottom) = Self.vulgar[mark] else { return nil }
            return measured(SpeechMatch(spoken: spoken(top, bottom, after: nil), count: 1), tokens, index, isMixed: false)
        }
        guard let whole = tokens.number(at: index), whole.fraction == nil else { return nil }
        let next = index + whole.count
        if let mark = tokens.symbol(next), let (top, bottom) = Self.vulgar[mark] {
            let match = SpeechMatch(spoken: spoken(top, bottom, after: whole), count: whole.count + 1)
            return measured(match, tokens, index, isMixed: true)
        }
        if let (top, bottom) = slashed(tokens, index) {
            if let known = Self.known["\(top)/\(bottom)"] { return SpeechMatch(spoken: known, count: 3) }
            return measured(SpeechMatch(spoken: spoken(top, bottom, after: nil), count: 3), tokens, index, isMixed: false)
        }
        if tokens[next].kind == .space, let (top, bottom) = slashed(tokens, next + 1), top < bottom {
            let match = SpeechMatch(spoken: spoken(top, bottom, after: whole), count: whole.count + 4)
            return measured(match, tokens, index, isMixed: true)
        }
        return nil
    }

    /// A fraction with the unit of measure that may follow: "two and a half kilometers", "one half of a kilometer".
    private func measured(_ match: SpeechMatch, _ tokens: SpeechTokens, _ index: Int, isMixed: Bool) -> SpeechMatch {
        let end = index + match.count
        let place = tokens.afterSpace(end)
        guard tokens[place].kind == .word, let unit = MeasuringUnit.named(tokens[place].text, apart: place > end)
        else { return match }
        let words = isMixed ? unit.plural : "of \(unit.withArticle)"
        return SpeechMatch(spoken: "\(match.spoken) \(words)", count: place + 1 - index)
    }

    private func slashed(_ tokens: SpeechTokens, _ index: Int) -> (Int, Int)? {
        guard tokens[index].kind == .digits, tokens.isSymbol(index + 1, "/") || tokens.isSymbol(index + 1, "⁄"),
            tokens[index + 2].kind == .digits, !tokens.isSymbol(index + 3, "/"), !tokens.isSymbol(index - 1, "/"),
            let top = Int(tokens[index].text), let bottom = Int(tokens[index + 2].text), bottom > 0, top < 10_000, bottom < 10_000
        else { return nil }
        return (top, bottom)
    }

    private func spoken(_ top: Int, _ bottom: Int, after whole: WrittenNumber?) -> String {
        let part: String
        switch bottom {
        case 2 where whole != nil && top == 1: part = "a half"
        case 4 where whole != nil && top == 1: part = "a quarter"
        case _ where whole == nil && top >= bottom: part = "\(EnglishNumber.cardinal(top)) over \(EnglishNumber.cardinal(bottom))"
        case 2: part = EnglishNumber.cardinal(top) + (top == 1 ? " half" : " halves")
        case 4: part = EnglishNumber.cardinal(top) + (top == 1 ? " quarter" : " quarters")
        case 3, 5...12, 16, 20, 32, 64, 100, 1000:
            part = "\(EnglishNumber.cardinal(top)) \(EnglishNumber.ordinal(bottom))\(top == 1 ? "" : "s")"
        default: part = "\(EnglishNumber.cardinal(top)) over \(EnglishNumber.cardinal(bottom))"
        }
        return whole.map { "\($0.spoken) and \(part)" } ?? part
    }

    private static let known = ["24/7": "twenty-four seven", "9/11": "nine eleven", "50/50": "fifty-fifty"]
    private static let vulgar: [Character: (Int, Int)] = [
        "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
        "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    ]
}
