/// One call of a language model, whatever protocol it came in and whatever provider it goes to.
package struct ModelRequest: Sendable, Hashable {
    /// The model as the caller named it.
    package var model: String
    /// The conversation so far, in order.
    package var messages: [ModelMessage]
    /// The functions that the model may ask for.
    package var tools: [ModelTool] = []
    /// Whether and which; nil leaves it to the provider.
    package var toolChoice: ToolChoice?
    /// Whether one answer may call several tools; nil leaves it to the provider.
    package var parallelToolCalls: Bool?
    /// The form of the answer.
    package var output = OutputFormat.text
    /// How tokens are drawn.
    package var sampling = Sampling()
    /// Texts at which the answer ends.
    package var stop: [String] = []
    /// Most tokens of the answer, reasoning included.
    package var maximumTokens: Int?
    /// How many answers; 1 unless a caller asks for more.
    package var choices = 1
    /// How many alternatives to report for each token, 0…20; nil for no log probabilities.
    package var logProbabilities: Int?
    /// How much to think; nil leaves it to the provider.
    package var reasoning: Reasoning?
    /// How wordy the answer should be: `low`, `medium` or `high`.
    package var verbosity: String?
    /// The caller's own identifier of its end user.
    package var user: String?
    /// Labels for the provider's records, as given.
    package var metadata: RawJSON?
    /// The provider's class of service, as given: `auto`, `default`, `flex`, `priority`, `standard_only`.
    package var serviceTier: String?
    /// Whether the answer should come piece by piece.
    package var stream = false
    /// Whether a stream should end with its usage.
    package var includeUsage = false
    /// Fields that only the caller's own protocol knows; providers that speak another one refuse them by name.
    package var extensions: [ProtocolExtension] = []

    /// What a caller may name as a number of tokens: more than a billion is more than any model takes, and sums of what is in
    /// this range never overflow.
    package static let tokenRange = 1...1_000_000_000

    package init(model: String, messages: [ModelMessage]) {
        self.model = model
        self.messages = messages
    }
}

/// A top-level field that only one protocol family has.
package struct ProtocolExtension: Sendable, Hashable {
    /// The protocol that knows the field.
    package var family: ProtocolFamily
    /// The field's name.
    package var name: String
    /// Its value, as given.
    package var value: RawJSON
}

/// Protocols whose fields mean the same.
package enum ProtocolFamily: String, Sendable, Hashable {
    case openAIChat = "openai-chat"
    case openAIResponses = "openai-responses"
    case anthropic, gemini, ollama, plain
}
