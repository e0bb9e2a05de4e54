/// Heights and lengths with primes: `6'2"`, `6′ 2″`, `12″`.
struct FeetRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let number = tokens.number(at: index) else { return nil }
        let mark = index + number.count
        if tokens.isSymbol(mark, "″") {
            return SpeechMatch(spoken: "\(number.spoken) \(number.isOne ? "inch" : "inches")", count: number.count + 1)
        }
        guard tokens.isSymbol(mark, "'") || tokens.isSymbol(mark, "’") || tokens.isSymbol(mark, "′") else { return nil }
        let next = tokens.afterSpace(mark + 1)
        if let inches = tokens.number(at: next) {
            let end = next + inches.count
            // A plain quote after digits alone would more often close a quotation.
            guard tokens.isSymbol(end, "\"") || tokens.isSymbol(end, "″") || tokens.isSymbol(end, "”") else { return nil }
            return SpeechMatch(spoken: "\(number.spoken) foot \(inches.spoken)", count: end + 1 - index)
        }
        guard tokens.isSymbol(mark, "′") else { return nil }
        return SpeechMatch(spoken: "\(number.spoken) \(number.isOne ? "foot" : "feet")", count: number.count + 1)
    }
}
