/// Dates with the month's name: `November 21, 2026`, `Nov. 21st`, `21 November 2026`, `March 10–12`.
struct NamedDateRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .word]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        tokens[index].kind == .word ? monthFirst(tokens, index) : dayFirst(tokens, index)
    }

    private func monthFirst(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        guard let month = EnglishDate.month(named: tokens[index].text) else { return nil }
        var next = index + 1
        if tokens.isSymbol(next, "."), tokens[index].text.count <= 4 { next += 1 }
        guard tokens[next].kind == .space else { return nil }
        if tokens[next + 1].text.count == 4, let number = tokens.number(at: next + 1), YearRule.isYear(number) {
            return SpeechMatch(spoken: "\(EnglishDate.months[month - 1]) \(YearRule.spoken(number))", count: next + 2 - index)
        }
        guard let (day, end) = day(tokens, next + 1, month) else { return nil }
        next = end
        var spoken = EnglishDate.spoken(month: month, day: day, year: nil)
        if let dash = tokens.symbol(next), dash == "-" || dash == "–", let (last, end) = self.day(tokens, next + 1, month),
            last > day
        {
            spoken += " to \(EnglishNumber.ordinal(last))"
            next = end
        }
        if let (year, end) = year(tokens, next) {
            spoken += ", \(EnglishNumber.year(year))"
            next = end
        }
        return SpeechMatch(spoken: spoken, count: next - index)
    }

    private func dayFirst(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        guard tokens[index].text.count <= 2, let day = Int(tokens[index].text) else { return nil }
        var next = index + 1
        if ["st", "nd", "rd", "th"].contains(tokens[next].text) { next += 1 }
        guard tokens[next].kind == .space else { return nil }
        next += 1
        if tokens[next].text == "of", tokens[next + 1].kind == .space { next += 2 }
        guard let month = EnglishDate.month(named: tokens[next].text), EnglishDate.isDay(day, ofMonth: month) else { return nil }
        next += 1
        if tokens.isSymbol(next, "."), tokens[next - 1].text.count <= 4, !AbbreviationRule.endsSentence(tokens, after: next + 1) {
            next += 1
        }
        let article = tokens.wordBefore(index).text.lowercased() == "the" ? "" : "the "
        var spoken = "\(article)\(EnglishNumber.ordinal(day)) of \(EnglishDate.months[month - 1])"
        if let (year, end) = year(tokens, next) {
            spoken += ", \(EnglishNumber.year(year))"
            next = end
        }
        return SpeechMatch(spoken: spoken, count: next - index)
    }

    private func day(_ tokens: SpeechTokens, _ index: Int, _ month: Int) -> (day: Int, end: Int)? {
        guard tokens[index].kind == .digits, tokens[index].text.count <= 2, let day = Int(tokens[index].text),
            EnglishDate.isDay(day, ofMonth: month)
        else { return nil }
        let suffix = tokens[index + 1]
        if ["st", "nd", "rd", "th"].contains(suffix.text) { return (day, index + 2) }
        if let mark = tokens.symbol(index + 1), ":%/°".contains(mark) { return nil }
        if tokens.isSymbol(index + 1, "."), tokens[index + 2].kind == .digits { return nil }
        return suffix.kind == .word ? nil : (day, index + 1)
    }

    private func year(_ tokens: SpeechTokens, _ index: Int) -> (year: Int, end: Int)? {
        let next = tokens.afterSpace(tokens.isSymbol(index, ",") ? index + 1 : index)
        guard next > index, let number = tokens.number(at: next), number.count == 1, YearRule.isYear(number) else { return nil }
        return number.integer.map { ($0, next + 1) }
    }
}
