/// `finish_reason` of the chat protocol.
enum OpenAIFinishReason {
    /// - Parameter hasCalls: whether the answer calls tools; some local servers say `stop` even then.
    static func decode(_ raw: String, hasCalls: Bool) -> FinishReason {
        switch raw {
        case "stop" where hasCalls: FinishReason(.toolCalls, raw: raw)
        case "stop", "eos", "end_turn": FinishReason(.stop, raw: raw)
        case "length", "max_tokens": FinishReason(.length, raw: raw)
        case "tool_calls", "function_call": FinishReason(.toolCalls, raw: raw)
        case "content_filter", "sensitive": FinishReason(.contentFilter, raw: raw)
        // The first is DeepSeek's, the second OpenRouter's.
        case "insufficient_system_resource", "error": FinishReason(.failed, raw: raw)
        default: FinishReason(.other, raw: raw)
        }
    }

    static func encode(_ reason: FinishReason) -> StaticString {
        switch reason.kind {
        case .stop, .stopSequence, .paused, .failed, .other: "stop"
        case .length, .contextFull: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter, .refusal: "content_filter"
        }
    }
}
