import Primitives

/// Source: Ollama's docs/api.md; Google, "Gemini API: generateContent".
extension ProviderCallScript {
    private var ollamaTail: [String: JSONValue] {
        [
            "done": true, "done_reason": "stop", "total_duration": 1_000_000, "load_duration": 1000,
            "prompt_eval_count": .integer(Int64(ModelProviderServer.inputTokens)), "prompt_eval_duration": 1000,
            "eval_count": .integer(Int64(ModelProviderServer.outputTokens)), "eval_duration": 1000,
        ]
    }

    private func ollama(_ message: JSONValue, _ others: [String: JSONValue]) -> JSONValue {
        .object(
            ["model": model, "created_at": "2026-11-21T12:00:00.000000Z", "message": message].merging(others) { $1 })
    }

    private var ollamaCall: JSONValue? {
        tool.map { name in
            [
                "role": "assistant", "content": "",
                "tool_calls": [["function": ["name": .string(name), "arguments": Self.arguments]]],
            ]
        }
    }

    var ollamaAnswer: JSONValue { ollama(ollamaCall ?? ["role": "assistant", "content": .string(text)], ollamaTail) }

    var ollamaLines: [Bytes] {
        let messages = ollamaCall.map { [$0] } ?? pieces.map { ["role": "assistant", "content": .string($0)] }
        let lines = messages.map { ollama($0, ["done": false]) } + [ollama(["role": "assistant", "content": ""], ollamaTail)]
        return lines.map { $0.serialized() + Bytes("\n".utf8) }
    }

    private func gemini(_ parts: [JSONValue], _ reason: JSONValue?) -> JSONValue {
        var candidate: [String: JSONValue] = ["content": ["role": "model", "parts": .array(parts)], "index": 0]
        candidate["finishReason"] = reason
        return [
            "candidates": [.object(candidate)], "modelVersion": "stand-in", "responseId": "gemini-1",
            "usageMetadata": [
                "promptTokenCount": .integer(Int64(ModelProviderServer.inputTokens)),
                "candidatesTokenCount": .integer(Int64(ModelProviderServer.outputTokens)),
                "totalTokenCount": .integer(Int64(ModelProviderServer.inputTokens + ModelProviderServer.outputTokens)),
            ],
        ]
    }

    private var geminiCall: [JSONValue]? {
        tool.map { [["functionCall": ["name": .string($0), "args": Self.arguments]]] }
    }

    /// What is said where the filter has left nothing.
    private var blocked: JSONValue? {
        guard case .block(let prompt) = turn else { return nil }
        let tokens = JSONValue(ModelProviderServer.inputTokens)
        var answer: [String: JSONValue] = [
            "modelVersion": "stand-in", "responseId": "gemini-1",
            "usageMetadata": ["promptTokenCount": tokens, "totalTokenCount": tokens],
        ]
        if prompt {
            answer["promptFeedback"] = ["blockReason": "PROHIBITED_CONTENT"]
        } else {
            answer["candidates"] = [["finishReason": "SAFETY", "index": 0]]
        }
        return .object(answer)
    }

    var geminiAnswer: JSONValue { blocked ?? gemini(geminiCall ?? [["text": .string(text)]], surrender ?? "STOP") }

    var geminiEvents: [Bytes] {
        if let blocked { return [Self.event(blocked)] }
        let parts = geminiCall.map { [$0] } ?? pieces.map { [["text": .string($0)]] }
        return parts.enumerated().map { Self.event(gemini($0.element, $0.offset == parts.count - 1 ? surrender ?? "STOP" : nil)) }
    }
}
