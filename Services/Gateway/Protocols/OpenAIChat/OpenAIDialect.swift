/// Services that speak OpenAI's chat protocol, each with its own gaps and additions.
/// Source: the services' API references for chat completions.
package enum OpenAIDialect: String, Sendable, Hashable, CaseIterable {
    case openAI = "openai"
    case openRouter = "openrouter"
    case deepSeek = "deepseek"
    case qwen, kimi
    case llamaCpp = "llama.cpp"
    case vLLM = "vllm"
    case lmStudio = "lm-studio"
    /// Anything else that speaks the protocol.
    case other

    /// The field that limits the answer; OpenAI's reasoning models refuse the older one.
    var tokenLimitField: StaticString { self == .openAI ? "max_completion_tokens" : "max_tokens" }

    /// Whether `developer` is a role of its own.
    var knowsDeveloperRole: Bool { self == .openAI || self == .openRouter }

    /// Whether earlier reasoning goes back to the model, and in which field.
    var reasoningField: StaticString? {
        switch self {
        case .openAI, .other: nil
        case .openRouter, .lmStudio: "reasoning"
        case .deepSeek, .qwen, .kimi, .llamaCpp, .vLLM: "reasoning_content"
        }
    }

    /// Whether models think what callers do not see.
    package var hidesReasoning: Bool { self == .openAI || self == .openRouter || self == .other }

    var keepsCacheMarkers: Bool { self == .openRouter || self == .qwen }

    /// The name of the repetition penalty, where there is one.
    var repetitionPenaltyField: StaticString? {
        switch self {
        case .openRouter, .vLLM, .qwen: "repetition_penalty"
        case .llamaCpp, .lmStudio: "repeat_penalty"
        default: nil
        }
    }

    var knowsTopK: Bool {
        switch self {
        case .openRouter, .vLLM, .qwen, .llamaCpp, .lmStudio: true
        default: false
        }
    }

    var knowsMinP: Bool { self == .openRouter || self == .vLLM || self == .llamaCpp }
    var knowsSeed: Bool { self != .deepSeek && self != .kimi }
    var knowsSchemas: Bool { self != .deepSeek }
    var knowsRequiredTools: Bool { self != .kimi }
    var knowsAllowedTools: Bool { self == .openAI }
    var knowsSerialTools: Bool { self != .deepSeek && self != .kimi }
    var knowsImages: Bool { self != .deepSeek }
    var knowsAudio: Bool { self == .openAI || self == .openRouter || self == .vLLM || self == .llamaCpp || self == .qwen }
    var knowsFiles: Bool { self == .openAI || self == .openRouter }
    var knowsVerbosity: Bool { self == .openAI || self == .openRouter }
    var knowsServiceTier: Bool { self == .openAI || self == .openRouter }
    var knowsSeveralChoices: Bool { self != .deepSeek && self != .lmStudio }
}
