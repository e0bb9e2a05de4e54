/// Dates of numbers alone: `2026-11-21`, `11/21/2026`, `21.11.2026`, `21-11-2026`.
struct DateRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits]
    let order: SpeechNormalizer.DateOrder

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let mark = tokens.symbol(index + 1), "-/.".contains(mark), tokens.isSymbol(index + 3, mark),
            tokens[index + 2].kind == .digits, tokens[index + 4].kind == .digits, !tokens.isSymbol(index + 5, mark) || mark == ".",
            !tokens.isSymbol(index - 1, mark), let a = Int(tokens[index].text), let b = Int(tokens[index + 2].text),
            let c = Int(tokens[index + 4].text)
        else { return nil }
        if mark == "." && tokens.isSymbol(index + 5, ".") && tokens[index + 6].kind == .digits { return nil }
        let lengths = [tokens[index].text.count, tokens[index + 2].text.count, tokens[index + 4].text.count]
        guard lengths[1] <= 2 else { return nil }
        if lengths[0] == 4, lengths[2] <= 2, mark != ".", a > 0, EnglishDate.isDay(c, ofMonth: b) {
            return SpeechMatch(spoken: EnglishDate.spoken(month: b, day: c, year: a), count: 5)
        }
        guard lengths[0] <= 2, lengths[2] == 4 || lengths[2] == 2 && mark == "/", let (month, day) = monthAndDay(a, b, mark) else {
            return nil
        }
        // Two digits: this century up to 68, as POSIX strptime has it.
        let year = lengths[2] == 4 ? c : c + (c < 69 ? 2000 : 1900)
        guard year > 0 else { return nil }
        return SpeechMatch(spoken: EnglishDate.spoken(month: month, day: day, year: year), count: 5)
    }

    private func monthAndDay(_ a: Int, _ b: Int, _ mark: Character) -> (month: Int, day: Int)? {
        let dayFirst = order == .dayFirst || mark == "."
        if dayFirst {
            if EnglishDate.isDay(a, ofMonth: b) { return (b, a) }
            return EnglishDate.isDay(b, ofMonth: a) && mark != "." ? (a, b) : nil
        }
        if EnglishDate.isDay(b, ofMonth: a) { return (a, b) }
        return EnglishDate.isDay(a, ofMonth: b) ? (b, a) : nil
    }
}
