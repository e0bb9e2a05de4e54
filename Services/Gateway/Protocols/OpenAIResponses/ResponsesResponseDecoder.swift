import Primitives

/// Reads a whole answer of the Responses API.
enum ResponsesResponseDecoder {
    static func decode(_ body: Bytes) throws(ProviderFailure) -> ModelResponse {
        try decode(JSONTape.answer(body).root)
    }

    static func decode(_ root: JSONNode) throws(ProviderFailure) -> ModelResponse {
        if let error = root.present("error") { throw OpenAIFailure.decode(error, status: 0) }
        guard let output = root.present("output"), output.isArray else { throw .malformed("the answer has no output") }
        var parts: [ContentPart] = []
        for item in output.elements { try append(item, to: &parts) }
        let choice = ModelChoice(parts: parts, finish: finish(root, hasCalls: !parts.toolCalls.isEmpty))
        var response = ModelResponse(id: root["id"]?.string ?? "", model: root["model"]?.string ?? "", choices: [choice])
        response.created = root.count("created_at")
        response.usage = root.present("usage").map(ResponsesUsage.decode)
        response.serviceTier = root["service_tier"]?.string
        return response
    }

    static func finish(_ root: JSONNode, hasCalls: Bool) -> FinishReason {
        let status = root["status"]?.string ?? ""
        if status == "failed" || status == "cancelled" { return FinishReason(.failed, raw: status) }
        guard status == "incomplete" else { return FinishReason(hasCalls ? .toolCalls : .stop, raw: status) }
        let reason = root.present("incomplete_details")?["reason"]?.string ?? ""
        switch reason {
        case "max_output_tokens": return FinishReason(.length, raw: reason)
        case "content_filter": return FinishReason(.contentFilter, raw: reason)
        default: return FinishReason(.other, raw: reason)
        }
    }

    private static func append(_ item: JSONNode, to parts: inout [ContentPart]) throws(ProviderFailure) {
        switch item["type"]?.string {
        case "message":
            for part in item["content"]?.elements ?? [] {
                if let text = part["text"]?.string { parts.append(.text(TextPart(text))) }
                if let text = part["refusal"]?.string { parts.append(.refusal(text)) }
            }
        case "function_call": parts.append(.toolCall(try call(item)))
        case "reasoning":
            let texts = (item.present("summary")?.elements ?? []) + (item.present("content")?.elements ?? [])
            let text = texts.compactMap { $0["text"]?.string }.joined(separator: "\n\n")
            let proof = encrypted(item)
            if !text.isEmpty || proof != nil { parts.append(.reasoning(ReasoningPart(text, encrypted: proof))) }
        default: throw .malformed("the answer holds an item of an unknown type")
        }
    }

    static func call(_ item: JSONNode) throws(ProviderFailure) -> ToolCall {
        guard let id = item["call_id"]?.string, let name = item["name"]?.string else { throw .malformed("a tool call has no name") }
        return ToolCall(id: id, name: name, arguments: item["arguments"]?.string ?? "")
    }

    static func encrypted(_ item: JSONNode) -> String? {
        item.present("encrypted_content")?.string.map { ResponsesProof.make(id: item["id"]?.string ?? "", content: $0) }
    }
}
