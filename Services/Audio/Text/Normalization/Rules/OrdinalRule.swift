/// `1st`, `22nd`, `1,000th`.
struct OrdinalRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let number = tokens.number(at: index), number.fraction == nil else { return nil }
        let suffix = tokens[index + number.count]
        guard suffix.kind == .word, ["st", "nd", "rd", "th"].contains(suffix.text.lowercased()) else { return nil }
        return SpeechMatch(spoken: EnglishNumber.ordinal(number.whole), count: number.count + 1)
    }
}
