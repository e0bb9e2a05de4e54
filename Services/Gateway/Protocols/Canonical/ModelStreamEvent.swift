/// One step of a streamed answer. Providers' decoders give them in the order in which they happen: `start` first, then pieces,
/// a `finish` for each choice, `usage` at least once if the provider tells it (the last one holds), and `end`.
package enum ModelStreamEvent: Sendable, Hashable {
    case start(id: String, model: String, created: Int)
    case text(String, choice: Int = 0)
    case reasoning(String, choice: Int = 0)
    /// Closes the reasoning so far with the provider's proof of it.
    case reasoningSignature(String, choice: Int = 0)
    /// Reasoning that only the provider can read.
    case encryptedReasoning(String, choice: Int = 0)
    case refusal(String, choice: Int = 0)
    /// A call begins; `arguments` holds what is known of them already.
    /// - Parameter index: counts the calls of the choice from 0.
    case toolCall(ToolCall, index: Int, choice: Int = 0)
    case toolArguments(String, index: Int, choice: Int = 0)
    case logProbabilities(RawJSON, choice: Int = 0)
    case finish(FinishReason, choice: Int = 0)
    case usage(ModelUsage)
    /// The provider gave up; nothing but `end` follows.
    case failure(ProviderFailure)
    /// The provider is still there.
    case heartbeat
    /// The provider said that this was all.
    case end
}

extension ModelStreamEvent {
    /// Which answer it is a piece of.
    package var choice: Int? {
        switch self {
        case .text(_, let choice), .reasoning(_, let choice), .reasoningSignature(_, let choice),
            .encryptedReasoning(_, let choice),
            .refusal(_, let choice), .toolCall(_, _, let choice), .toolArguments(_, _, let choice),
            .logProbabilities(_, let choice),
            .finish(_, let choice):
            choice
        case .start, .usage, .failure, .heartbeat, .end: nil
        }
    }

    /// The part of an event that is made of output tokens.
    package var charged: String {
        switch self {
        case .text(let text, _), .reasoning(let text, _), .refusal(let text, _), .toolArguments(let text, _, _): text
        case .toolCall(let call, _, _): call.name + call.arguments
        default: ""
        }
    }
}
