/// Fractions: `3/4`, `1 1/2`, `½`, `2½`; `24/7` and the like by their parts.
struct FractionRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        if let mark = tokens.symbol(index) {
            guard let (top, bottom) = Self.vulgar[mark] else { return nil }
            return SpeechMatch(spoken: spoken(top, bottom, after: nil), count: 1)
        }
        guard let whole = tokens.number(at: index), whole.fraction == nil else { return nil }
        let next = index + whole.count
        if let mark = tokens.symbol(next), let (top, bottom) = Self.vulgar[mark] {
            return SpeechMatch(spoken: spoken(top, bottom, after: whole), count: whole.count + 1)
        }
        if let (top, bottom) = slashed(tokens, index) {
            if (top, bottom) == (24, 7) { return SpeechMatch(spoken: "twenty-four seven", count: 3) }
            return SpeechMatch(spoken: spoken(top, bottom, after: nil), count: 3)
        }
        if tokens[next].kind == .space, let (top, bottom) = slashed(tokens, next + 1), top < bottom {
            return SpeechMatch(spoken: spoken(top, bottom, after: whole), count: whole.count + 4)
        }
        return nil
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
        case 2: part = EnglishNumber.cardinal(top) + (top == 1 ? " half" : " halves")
        case 4: part = EnglishNumber.cardinal(top) + (top == 1 ? " quarter" : " quarters")
        case 3, 5...20, 32, 64, 100, 1000:
            part = "\(EnglishNumber.cardinal(top)) \(EnglishNumber.ordinal(bottom))\(top == 1 ? "" : "s")"
        default: part = "\(EnglishNumber.cardinal(top)) over \(EnglishNumber.cardinal(bottom))"
        }
        return whole.map { "\($0.spoken) and \(part)" } ?? part
    }

    private static let vulgar: [Character: (Int, Int)] = [
        "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
        "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    ]
}
