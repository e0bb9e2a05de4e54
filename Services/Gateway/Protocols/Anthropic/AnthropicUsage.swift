/// `usage` of the Messages API, whose `input_tokens` leaves out what went through the cache.
enum AnthropicUsage {
    /// Takes over what the object tells; a stream tells its usage in two pieces, the second cumulative.
    static func merge(_ node: JSONNode, into usage: inout ModelUsage) {
        let plain =
            node.present("input_tokens") == nil ? usage.input - usage.cachedRead - usage.cachedWrite : node.count("input_tokens")
        if node.present("cache_read_input_tokens") != nil { usage.cachedRead = node.count("cache_read_input_tokens") }
        if node.present("cache_creation_input_tokens") != nil { usage.cachedWrite = node.count("cache_creation_input_tokens") }
        if let creation = node.present("cache_creation") { usage.cachedWriteHour = creation.count("ephemeral_1h_input_tokens") }
        if node.present("output_tokens") != nil { usage.output = node.count("output_tokens") }
        if let details = node.present("output_tokens_details") { usage.reasoning = details.count("thinking_tokens") }
        usage.input = max(0, plain) + usage.cachedRead + usage.cachedWrite
    }

    static func write(_ usage: ModelUsage, to json: inout JSONBuilder) {
        json.object("usage") { json in
            json.member("input_tokens", max(0, usage.input - usage.cachedRead - usage.cachedWrite))
            json.member("cache_creation_input_tokens", usage.cachedWrite)
            json.member("cache_read_input_tokens", usage.cachedRead)
            json.member("output_tokens", usage.output)
            if usage.reasoning > 0 { json.object("output_tokens_details") { $0.member("thinking_tokens", usage.reasoning) } }
        }
    }
}

/// `stop_reason` of the Messages API.
enum AnthropicStopReason {
    static func decode(_ raw: String, stopSequence: String?) -> FinishReason {
        switch raw {
        case "end_turn": FinishReason(.stop, raw: raw)
        case "stop_sequence": FinishReason(.stopSequence, raw: raw, stopSequence: stopSequence)
        case "max_tokens": FinishReason(.length, raw: raw)
        case "model_context_window_exceeded": FinishReason(.contextFull, raw: raw)
        case "tool_use": FinishReason(.toolCalls, raw: raw)
        case "refusal": FinishReason(.refusal, raw: raw)
        case "pause_turn": FinishReason(.paused, raw: raw)
        default: FinishReason(.other, raw: raw)
        }
    }

    static func encode(_ reason: FinishReason) -> StaticString {
        switch reason.kind {
        case .stop, .failed, .other: "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .contextFull: "model_context_window_exceeded"
        case .toolCalls: "tool_use"
        case .contentFilter, .refusal: "refusal"
        case .paused: "pause_turn"
        }
    }
}
