/// How many tokens something has.
package struct TokenCount: Sendable, Equatable {
    package var tokens: Int
    /// Whether the number is an estimate: the model's vocabulary is not public, or the provider adds what it does not tell.
    package var isEstimated: Bool

    package init(tokens: Int, isEstimated: Bool) {
        self.tokens = tokens
        self.isEstimated = isEstimated
    }
}

/// The parts of a chat request's count.
package struct ChatTokenCount: Sendable, Equatable {
    /// The messages' texts, roles and names, and what stands around them.
    package var messages: Int
    package var tools: Int
    package var images: Int
    package var isEstimated: Bool
    /// How texts were counted: an encoding, `sentencepiece`, `claude-estimate`, `gemini-estimate` or `estimate`.
    package var method: String

    package var total: Int { messages + tools + images }
}
