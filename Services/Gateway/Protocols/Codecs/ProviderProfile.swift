/// How one provider is spoken to.
package struct ProviderProfile: Sendable {
    /// The protocols in which providers answer.
    package enum Wire: String, Sendable, Hashable, CaseIterable {
        case openAIChat = "openai-chat"
        case openAIResponses = "openai-responses"
        case anthropic, gemini, ollama

        var family: ProtocolFamily {
            switch self {
            case .openAIChat: .openAIChat
            case .openAIResponses: .openAIResponses
            case .anthropic: .anthropic
            case .gemini: .gemini
            case .ollama: .ollama
            }
        }
    }

    /// How a model wants its amount of thinking given.
    package enum ReasoningStyle: String, Sendable, Hashable {
        /// As a number of tokens (Claude up to 4.5, Gemini 2.5).
        case budget
        /// As a level (Claude from 4.6, Gemini 3).
        case level
    }

    /// The protocol.
    package var wire: Wire
    /// Which of the services that speak OpenAI's chat protocol it is.
    package var dialect = OpenAIDialect.openAI
    /// How its models want their amount of thinking given.
    package var reasoningStyle = ReasoningStyle.budget
    /// Whether the model thinks before it answers: only of such models OpenAI gives the proof of thoughts, and refuses who asks for
    /// it of others.
    package var thinks = false
    /// The limit of answer tokens where the protocol wants one and the caller gave none.
    package var defaultMaximumTokens = 4096
    /// The most tokens that the prompt has, and the most that the model holds: for providers that must be told how much room to
    /// make. `nil` leaves it to the provider.
    package var context: (prompt: Int, window: Int)?

    package init(_ wire: Wire, dialect: OpenAIDialect = .openAI) {
        self.wire = wire
        self.dialect = dialect
    }

    /// What errors call the provider.
    var name: String { wire == .openAIChat || wire == .openAIResponses ? dialect.rawValue : wire.rawValue }
}
