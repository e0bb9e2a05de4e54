/// `usage` of the chat protocol.
enum OpenAIUsage {
    static func decode(_ node: JSONNode) -> ModelUsage {
        var usage = ModelUsage(input: node.count("prompt_tokens"), output: node.count("completion_tokens"))
        if let details = node.present("prompt_tokens_details") {
            usage.cachedRead = details.count("cached_tokens")
            usage.cachedWrite = details.count("cache_write_tokens")
            usage.audioInput = details.count("audio_tokens")
        }
        // DeepSeek's and Kimi's own names.
        if usage.cachedRead == 0 { usage.cachedRead = max(node.count("prompt_cache_hit_tokens"), node.count("cached_tokens")) }
        if let details = node.present("completion_tokens_details") {
            usage.reasoning = details.count("reasoning_tokens")
            usage.audioOutput = details.count("audio_tokens")
        }
        return usage
    }

    static func write(_ usage: ModelUsage, to json: inout JSONBuilder) {
        json.object("usage") { json in
            json.member("prompt_tokens", usage.input)
            json.member("completion_tokens", usage.output)
            json.member("total_tokens", usage.total)
            json.object("prompt_tokens_details") { json in
                json.member("cached_tokens", usage.cachedRead)
                json.member("audio_tokens", usage.audioInput)
                if usage.cachedWrite > 0 { json.member("cache_write_tokens", usage.cachedWrite) }
            }
            json.object("completion_tokens_details") { json in
                json.member("reasoning_tokens", usage.reasoning)
                json.member("audio_tokens", usage.audioOutput)
            }
        }
    }
}
