/// Reasoning in chat messages. OpenAI's own protocol has none; `reasoning_content` is DeepSeek's field, which most local servers
/// took over, `reasoning` and `reasoning_details` are OpenRouter's, and the details carry signatures.
enum OpenAIReasoningDetails {
    /// Reads the reasoning of an assistant message or answer; empty when it has none.
    static func decode(_ message: JSONNode) -> [ReasoningPart] {
        var parts = (message.present("reasoning_details")?.elements ?? []).compactMap(detail)
        if !parts.contains(where: { !$0.text.isEmpty }),
            let text = (message.present("reasoning_content") ?? message.present("reasoning"))?.string, !text.isEmpty
        {
            parts.insert(ReasoningPart(text), at: 0)
        }
        return parts
    }

    private static func detail(_ node: JSONNode) -> ReasoningPart? {
        let id = node.present("id")?.string
        switch node["type"]?.string {
        case "reasoning.text":
            return ReasoningPart(node["text"]?.string ?? "", signature: node.present("signature")?.string, id: id)
        case "reasoning.summary": return ReasoningPart(node["summary"]?.string ?? "", id: id)
        case "reasoning.encrypted": return node["data"]?.string.map { ReasoningPart("", encrypted: $0, id: id) }
        default: return nil
        }
    }

    /// Writes details for parts that carry more than text; nothing otherwise.
    static func write(_ parts: [ReasoningPart], to json: inout JSONBuilder) {
        guard parts.contains(where: { $0.signature != nil || $0.encrypted != nil }) else { return }
        json.array("reasoning_details") { json in
            for part in parts { write(part, to: &json) }
        }
    }

    static func write(_ part: ReasoningPart, to json: inout JSONBuilder) {
        json.object { json in
            if let data = part.encrypted {
                json.member("type", "reasoning.encrypted" as StaticString)
                json.member("data", data)
            } else {
                json.member("type", "reasoning.text" as StaticString)
                json.member("text", part.text)
                json.member("signature", ifPresent: part.signature)
            }
            json.member("id", ifPresent: part.id)
        }
    }
}

/// The signature of a tool call, where Google's OpenAI-compatible interface puts it: `extra_content.google.thought_signature`.
enum OpenAIThoughtSignature {
    static func read(_ call: JSONNode) -> String? {
        call.present("extra_content")?.present("google")?.present("thought_signature")?.string
    }

    static func write(_ signature: String?, to json: inout JSONBuilder) {
        guard let signature else { return }
        json.object("extra_content") { $0.object("google") { $0.member("thought_signature", signature) } }
    }
}
