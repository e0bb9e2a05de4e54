/// `usage` of the Responses API.
enum ResponsesUsage {
    static func decode(_ node: JSONNode) -> ModelUsage {
        var usage = ModelUsage(input: node.count("input_tokens"), output: node.count("output_tokens"))
        usage.cachedRead = node.present("input_tokens_details")?.count("cached_tokens") ?? 0
        usage.cachedWrite = node.present("input_tokens_details")?.count("cache_write_tokens") ?? 0
        usage.reasoning = node.present("output_tokens_details")?.count("reasoning_tokens") ?? 0
        return usage
    }

    static func write(_ usage: ModelUsage, to json: inout JSONBuilder) {
        json.object("usage") { json in
            json.member("input_tokens", usage.input)
            json.object("input_tokens_details") { json in
                json.member("cached_tokens", usage.cachedRead)
                json.member("cache_write_tokens", usage.cachedWrite)
            }
            json.member("output_tokens", usage.output)
            json.object("output_tokens_details") { $0.member("reasoning_tokens", usage.reasoning) }
            json.member("total_tokens", usage.total)
        }
    }
}
