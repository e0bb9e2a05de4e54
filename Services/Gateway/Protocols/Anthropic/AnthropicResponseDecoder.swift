import Primitives

/// Reads a whole answer of the Messages API.
enum AnthropicResponseDecoder {
    static func decode(_ body: Bytes) throws(ProviderFailure) -> ModelResponse {
        let root = try JSONTape.answer(body).root
        if let error = root.present("error") { throw AnthropicFailure.decode(error, status: 0) }
        guard let content = root.present("content"), content.isArray else { throw .malformed("the answer has no content") }
        var parts: [ContentPart] = []
        for block in content.elements {
            switch block["type"]?.string {
            case "text":
                let citations = block.present("citations").flatMap { $0.isEmpty ? nil : $0.raw }
                parts.append(.text(TextPart(block["text"]?.string ?? "", citations: citations)))
            case "thinking":
                parts.append(.reasoning(ReasoningPart(block["thinking"]?.string ?? "", signature: block["signature"]?.string)))
            case "redacted_thinking": parts.append(.reasoning(ReasoningPart("", encrypted: block["data"]?.string ?? "")))
            case "tool_use":
                guard let id = block["id"]?.string, let name = block["name"]?.string else {
                    throw .malformed("a tool call has no name")
                }
                parts.append(.toolCall(ToolCall(id: id, name: name, arguments: block["input"]?.raw.text ?? "{}")))
            default: throw .malformed("the answer holds a block of an unknown type")
            }
        }
        let finish = AnthropicStopReason.decode(root["stop_reason"]?.string ?? "", stopSequence: root["stop_sequence"]?.string)
        var response = ModelResponse(
            id: root["id"]?.string ?? "", model: root["model"]?.string ?? "", choices: [ModelChoice(parts: parts, finish: finish)])
        if let node = root.present("usage") {
            var usage = ModelUsage()
            AnthropicUsage.merge(node, into: &usage)
            response.usage = usage
            response.serviceTier = node["service_tier"]?.string
        }
        return response
    }
}
