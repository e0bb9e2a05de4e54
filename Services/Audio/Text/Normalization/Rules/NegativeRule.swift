/// The minus before a number: `-5`, `−40 °C`, `-$3`.
struct NegativeRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.symbol]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let sign = tokens.symbol(index), sign == "-" || sign == "−" || sign == "–" else { return nil }
        switch tokens[index - 1].kind {
        case .word, .digits: return nil
        case .symbol where tokens.isSymbol(index - 1, "-") || tokens.isSymbol(index - 1, ")"): return nil
        default: break
        }
        let next = CurrencyRule.symbols[tokens.symbol(index + 1) ?? " "] == nil ? index + 1 : index + 2
        guard tokens.number(at: next) != nil else { return nil }
        return SpeechMatch(spoken: "minus", count: 1)
    }
}
