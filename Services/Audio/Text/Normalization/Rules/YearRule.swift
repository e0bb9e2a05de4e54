/// Years: `1984`, `in 1066`, `1066 AD`.
struct YearRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let number = tokens.number(at: index), number.count == 1, Self.isYear(number), tokens[index + 1].kind != .word,
            isUsedAsYear(tokens, index)
        else { return nil }
        return SpeechMatch(spoken: Self.spoken(number), count: 1)
    }

    /// Whether a number looks like a year: four digits without separators, 1000 to 2099.
    static func isYear(_ number: WrittenNumber) -> Bool {
        !number.isGrouped && number.whole.count == 4 && number.integer.map { (1000...2099).contains($0) } ?? false
    }

    static func spoken(_ number: WrittenNumber) -> String {
        number.integer.map(EnglishNumber.year) ?? number.spoken
    }

    /// From 1900 on a bare number of four digits is a year unless something is counted; before, a word must say so.
    private func isUsedAsYear(_ tokens: SpeechTokens, _ index: Int) -> Bool {
        let following = tokens[tokens.afterSpace(index + 1)]
        if ["BC", "AD", "BCE", "CE"].contains(following.text) { return true }
        if Self.introducing.contains(tokens.wordBefore(index).text.lowercased()) { return !counts(following) }
        return tokens[index].text >= "1900" && !counts(following)
    }

    /// Whether the word that follows looks like the plural of what is counted.
    private func counts(_ token: SpeechToken) -> Bool {
        guard token.kind == .word, let last = token.text.last else { return false }
        if ["people", "men", "women", "children", "percent", "feet"].contains(token.text) { return true }
        return last == "s" && token.text.count > 3 && token.text.first?.isLowercase ?? false && !token.text.hasSuffix("'s")
            && !["this", "always", "perhaps", "thus", "does", "plus", "ss", "versus", "across"].contains(token.text)
    }

    private static let introducing: Set<String> = [
        "in", "since", "by", "from", "until", "till", "before", "after", "circa", "year", "early", "late", "mid", "during", "of",
        "around", "ad", "spring", "summer", "autumn", "fall", "winter", "between", "january", "february", "march", "april", "may",
        "june", "july", "august", "september", "october", "november", "december",
    ]
}
