/// `50%`, `2.5 %`, `3‰`.
struct PercentRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let number = tokens.number(at: index) else { return nil }
        let sign = tokens.afterSpace(index + number.count)
        let word: String
        switch tokens.symbol(sign) {
        case "%": word = "percent"
        case "‰": word = "per mille"
        default: return nil
        }
        return SpeechMatch(spoken: "\(number.spoken) \(word)", count: sign + 1 - index)
    }
}
