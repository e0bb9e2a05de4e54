import Primitives

/// What whole and streamed answers of Ollama share.
enum OllamaAnswer {
    static func usage(_ root: JSONNode) -> ModelUsage {
        ModelUsage(input: root.count("prompt_eval_count"), output: root.count("eval_count"))
    }

    /// - Parameter hasCalls: whether the answer calls tools, which the reason does not tell.
    static func finish(_ root: JSONNode, hasCalls: Bool) -> FinishReason {
        let raw = root["done_reason"]?.string ?? ""
        switch raw {
        case "stop", "": return FinishReason(hasCalls ? .toolCalls : .stop, raw: raw)
        case "length": return FinishReason(.length, raw: raw)
        default: return FinishReason(.other, raw: raw)
        }
    }

    static func calls(_ message: JSONNode?) throws(ProviderFailure) -> [ToolCall] {
        var calls: [ToolCall] = []
        for node in message?.present("tool_calls")?.elements ?? [] {
            guard let function = node.present("function"), let name = function["name"]?.string else {
                throw .malformed("a tool call has no name")
            }
            let arguments = function.present("arguments")?.raw.text ?? "{}"
            calls.append(ToolCall(id: OpenAIChatResponseDecoder.callID(node), name: name, arguments: arguments))
        }
        return calls
    }

    static func created(_ root: JSONNode) -> Int {
        root["created_at"]?.string.flatMap(Timestamp.init(iso8601:)).map { Int($0.milliseconds / 1000) } ?? 0
    }

    /// Log probabilities in OpenAI's form, whose list is an object's member.
    static func logProbabilities(_ root: JSONNode) -> RawJSON? {
        guard let list = root.present("logprobs"), !list.isEmpty else { return nil }
        var json = JSONBuilder()
        json.object { json in
            json.member("content", list.raw)
            json.nullMember("refusal")
        }
        return RawJSON(unchecked: json.bytes)
    }
}

enum OllamaResponseDecoder {
    static func decode(_ body: Bytes) throws(ProviderFailure) -> ModelResponse {
        let root = try JSONTape.answer(body).root
        if let error = root.present("error") { throw OllamaFailure.decode(error, status: 0) }
        guard let message = root.present("message") else { throw .malformed("the answer has no message") }
        var parts: [ContentPart] = []
        if let text = message["thinking"]?.string, !text.isEmpty { parts.append(.reasoning(ReasoningPart(text))) }
        if let text = message["content"]?.string, !text.isEmpty { parts.append(.text(TextPart(text))) }
        let calls = try OllamaAnswer.calls(message)
        parts += calls.map(ContentPart.toolCall)
        let choice = ModelChoice(
            parts: parts, finish: OllamaAnswer.finish(root, hasCalls: !calls.isEmpty),
            logProbabilities: OllamaAnswer.logProbabilities(root))
        var response = ModelResponse(id: "", model: root["model"]?.string ?? "", choices: [choice], usage: OllamaAnswer.usage(root))
        response.created = OllamaAnswer.created(root)
        return response
    }
}
