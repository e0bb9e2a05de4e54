/// Times of day and ratios: `3:30 pm`, `15:45`, `12:05:30`, `7 a.m.`, `16:9`.
struct TimeRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let time = time(tokens, index) else { return nil }
        let end = index + time.count
        guard let dash = tokens.symbol(end), dash == "-" || dash == "–", tokens[end + 1].kind == .digits else { return time }
        return SpeechMatch(spoken: time.spoken + " to", count: time.count + 1)
    }

    private func time(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        guard let hour = Int(tokens[index].text), tokens[index].text.count <= 2, !tokens.isSymbol(index - 1, ".") else {
            return nil
        }
        guard tokens.isSymbol(index + 1, ":"), tokens[index + 2].kind == .digits else {
            guard (1...12).contains(hour), let half = half(tokens, index + 1) else { return nil }
            return SpeechMatch(spoken: "\(EnglishNumber.cardinal(hour)) \(half.spoken)", count: 1 + half.count)
        }
        guard let minute = Int(tokens[index + 2].text), tokens[index + 2].text.count == 2, minute < 60 else {
            return ratio(tokens, index)
        }
        // Minutes and seconds.
        if hour > 24 { return SpeechMatch(spoken: Self.clock(hour, minute, bare: minute != 0), count: 3) }
        if tokens.isSymbol(index + 3, ":"), tokens[index + 4].text.count == 2, let second = Int(tokens[index + 4].text), second < 60
        {
            let clock = Self.clock(hour, minute, bare: true)
            let seconds = "\(EnglishNumber.cardinal(second)) second\(second == 1 ? "" : "s")"
            return SpeechMatch(spoken: "\(clock) and \(seconds)", count: 5)
        }
        guard let half = half(tokens, index + 3) else {
            return SpeechMatch(spoken: Self.clock(hour, minute, bare: false), count: 3)
        }
        return SpeechMatch(spoken: "\(Self.clock(hour, minute, bare: true)) \(half.spoken)", count: 3 + half.count)
    }

    /// - Parameters:
    ///   - hour: 0 to 24.
    ///   - minute: 0 to 59.
    ///   - bare: whether "A M", "P M" or seconds follow, so that a full hour needs no "o'clock".
    static func clock(_ hour: Int, _ minute: Int, bare: Bool) -> String {
        let hours = EnglishNumber.cardinal(hour)
        if minute == 0 {
            if bare { return hours }
            if hour == 0 || hour == 24 { return "midnight" }
            return hour <= 12 ? "\(hours) o'clock" : "\(hours) hundred"
        }
        return "\(hours) \(minute < 10 ? "oh " : "")\(EnglishNumber.cardinal(minute))"
    }

    /// `am`, `p.m.`, `PM`; the full stop of the last is left when the sentence ends there.
    private func half(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        let start = tokens.afterSpace(index)
        let letters = tokens[start].text.lowercased()
        if letters == "am" || letters == "pm" {
            // "I am" has no number before it, but "at 5 am I" has.
            return SpeechMatch(spoken: letters == "am" ? "A M" : "P M", count: start + 1 - index)
        }
        guard letters == "a" || letters == "p", tokens.isSymbol(start + 1, "."), tokens[start + 2].text.lowercased() == "m" else {
            return nil
        }
        let hasStop = tokens.isSymbol(start + 3, ".") && !AbbreviationRule.endsSentence(tokens, after: start + 4)
        return SpeechMatch(spoken: letters == "a" ? "A M" : "P M", count: start + (hasStop ? 4 : 3) - index)
    }

    private func ratio(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        guard !tokens.isSymbol(index - 1, ":"), !tokens.isSymbol(index + 3, ":") else { return nil }
        let second = EnglishNumber.cardinal(tokens[index + 2].text)
        return SpeechMatch(spoken: "\(EnglishNumber.cardinal(tokens[index].text)) to \(second)", count: 3)
    }
}
