/// Decades: `1990s`, `'90s`, `the 20s`.
struct DecadeRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        let mark = tokens.symbol(index)
        let hasApostrophe = (mark == "'" || mark == "’") && tokens[index - 1].kind != .word && tokens[index - 1].kind != .digits
        guard mark == nil || hasApostrophe else { return nil }
        let place = hasApostrophe ? index + 1 : index
        let digits = tokens[place].text
        guard tokens[place].kind == .digits, tokens[place + 1].text == "s", digits.hasSuffix("0"), let value = Int(digits) else {
            return nil
        }
        let words: String
        switch digits.count {
        case 4 where value >= 1000 && !hasApostrophe: words = EnglishNumber.year(value)
        // "20s" alone is a length of time.
        case 2 where value >= 20 && (hasApostrophe || isIntroduced(tokens, index)): words = EnglishNumber.cardinal(value)
        default: return nil
        }
        return SpeechMatch(spoken: EnglishNumber.plural(words), count: place + 2 - index)
    }

    private func isIntroduced(_ tokens: SpeechTokens, _ index: Int) -> Bool {
        ["the", "early", "late", "mid", "his", "her", "their", "my", "your", "our"].contains(
            tokens.wordBefore(index).text.lowercased())
    }
}
