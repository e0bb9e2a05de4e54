/// Numbers: `1,234`, `3.14`, `007`.
struct CardinalRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        tokens.number(at: index).map { SpeechMatch(spoken: $0.spoken, count: $0.count) }
    }
}
