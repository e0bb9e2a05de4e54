/// The first number of a range and its dash; the second is left to the rule for what it counts: `10–20 km`, `1990-1995`.
struct RangeRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let first = tokens.number(at: index) else { return nil }
        var next = index + first.count
        if tokens.isSymbol(next, "%") { next += 1 }
        // Two dashes in a row of numbers are a code, not a range.
        guard let dash = tokens.symbol(next), dash == "-" || dash == "–", !tokens.isSymbol(index - 1, "-"),
            let second = tokens.number(at: next + 1), !tokens.isSymbol(next + 1 + second.count, "-")
        else { return nil }
        // A difference, when its result follows.
        let end = next + 1 + second.count
        if tokens.isSymbol(tokens.afterSpace(end), "=") {
            return SpeechMatch(spoken: first.spoken + " minus", count: next + 1 - index)
        }
        let areYears = YearRule.isYear(first) && (YearRule.isYear(second) || second.whole.count == 2)
        return SpeechMatch(spoken: (areYears ? YearRule.spoken(first) : first.spoken) + " to", count: next + 1 - index)
    }
}
