/// What a rule says instead of tokens.
struct SpeechMatch {
    /// The words to say.
    let spoken: String
    /// How many tokens they replace.
    let count: Int
}

/// One rule of normalisation: recognises a way of writing and says it in words.
protocol SpeechRule: Sendable {
    /// The kinds of token that what it recognises can begin with.
    var starts: Set<SpeechToken.Kind> { get }

    /// - Returns: `nil` when the rule does not apply at this place.
    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch?
}
