/// What is left: signs that are words (`&`, `=`, `#5`) and signs that say nothing (`*`, `|`, `®`).
struct SymbolRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.symbol, .word]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let mark = tokens.symbol(index) else { return product(tokens, index) }
        if let next = tokens.symbol(index + 1), let word = Self.pairs["\(mark)\(next)"] {
            return SpeechMatch(spoken: word, count: 2)
        }
        if let word = Self.words[mark] { return SpeechMatch(spoken: word, count: 1) }
        if Self.silent.contains(mark) { return SpeechMatch(spoken: "", count: 1) }
        let before = tokens[index - 1]
        let after = tokens[index + 1]
        switch mark {
        case "#":
            if after.kind == .digits { return SpeechMatch(spoken: "number", count: 1) }
            return SpeechMatch(spoken: after.kind == .word ? "hashtag" : "", count: 1)
        case "~": return SpeechMatch(spoken: after.kind == .digits ? "about" : "", count: 1)
        case "<": return SpeechMatch(spoken: isMath(tokens, index) ? "less than" : "", count: 1)
        case ">": return SpeechMatch(spoken: isMath(tokens, index) ? "greater than" : "", count: 1)
        case "-", "−":
            guard before.kind == .space, after.kind == .space, isMath(tokens, index) else {
                return mark == "−" ? SpeechMatch(spoken: "minus", count: 1) : nil
            }
            return SpeechMatch(spoken: "minus", count: 1)
        case "/":
            return SpeechMatch(spoken: before.kind == .digits && after.kind == .digits ? "over" : "", count: 1)
        case "*":
            return SpeechMatch(spoken: isMath(tokens, index) ? "times" : "", count: 1)
        case "^": return SpeechMatch(spoken: after.kind == .digits ? "to the power of" : "", count: 1)
        case "²" where before.kind == .word || before.kind == .digits: return SpeechMatch(spoken: "squared", count: 1)
        case "³" where before.kind == .word || before.kind == .digits: return SpeechMatch(spoken: "cubed", count: 1)
        // Raised and lowered digits, and digits of other scripts.
        default: return mark.wholeNumberValue.map { SpeechMatch(spoken: EnglishNumber.cardinal($0), count: 1) }
        }
    }

    /// `1920x1080`, `3 x 4`.
    private func product(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        guard tokens[index].text == "x", tokens[index - 1].text != "0" else { return nil }
        if tokens[index - 1].kind == .digits, tokens[index + 1].kind == .digits { return SpeechMatch(spoken: "by", count: 1) }
        guard tokens[index - 1].kind == .space, tokens[index - 2].kind == .digits, tokens[index + 1].kind == .space,
            tokens[index + 2].kind == .digits
        else { return nil }
        return SpeechMatch(spoken: "times", count: 1)
    }

    /// Whether numbers or single letters stand on both sides.
    private func isMath(_ tokens: SpeechTokens, _ index: Int) -> Bool {
        let before = tokens[index - 1].kind == .space ? tokens[index - 2] : tokens[index - 1]
        let after = tokens[tokens.afterSpace(index + 1)]
        return isTerm(after) && (isTerm(before) || before.kind == .end)
    }

    private func isTerm(_ token: SpeechToken) -> Bool {
        token.kind == .digits || token.kind == .word && token.text.utf8.count == 1 || ["(", ")", "$", "."].contains(token.text)
    }

    private static let pairs = [
        ">=": "is greater than or equal to", "<=": "is less than or equal to", "!=": "is not equal to", "==": "equals", "->": "to",
        "=>": "to", "+-": "plus or minus",
    ]
    private static let words: [Character: String] = [
        "&": "and", "@": "at", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "±": "plus or minus",
        "≈": "approximately", "≠": "is not equal to", "≤": "less than or equal to", "≥": "greater than or equal to", "%": "percent",
        "°": "degrees", "©": "copyright", "§": "section", "√": "square root of", "∞": "infinity", "→": "to", "$": "dollars",
        "€": "euros", "£": "pounds", "∑": "sum", "∫": "integral", "№": "number", "¢": "cents", "¥": "yen",
    ]
    private static let silent: Set<Character> = [
        "_", "|", "\\", "®", "™", "•", "·", "¶", "†", "‡", "`", "←", "↑", "↓", "■", "□", "●", "○", "▪", "\u{FEFF}", "\u{200B}",
        "\u{AD}", "\u{FFFD}", "\u{0}",
    ]
}
