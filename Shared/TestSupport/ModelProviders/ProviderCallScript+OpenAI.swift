import Primitives

/// Source: OpenAI API reference, "Chat Completions" and "Embeddings".
extension ProviderCallScript {
    private var usage: JSONValue {
        let (input, output) = (ModelProviderServer.inputTokens, ModelProviderServer.outputTokens + thoughts)
        return [
            "prompt_tokens": .integer(Int64(input)), "completion_tokens": .integer(Int64(output)),
            "total_tokens": .integer(Int64(input + output)), "prompt_tokens_details": ["cached_tokens": 4],
            "completion_tokens_details": ["reasoning_tokens": .integer(Int64(2 + thoughts))],
        ]
    }

    private func toolCall(_ name: String, index: Bool) -> JSONValue {
        let arguments = String(decoding: Self.arguments.serialized(), as: UTF8.self)
        var call: [String: JSONValue] = [
            "id": "call_1", "type": "function", "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
        if index { call["index"] = 0 }
        return .object(call)
    }

    /// Whether the filter lets nothing through.
    var isBlocked: Bool {
        guard case .block = turn else { return false }
        return true
    }

    private func finish(_ choice: Int) -> JSONValue {
        isBlocked ? "content_filter" : surrender(of: choice) ?? (tool == nil ? "stop" : "tool_calls")
    }

    var openAIAnswer: JSONValue {
        var message: [String: JSONValue] = ["role": "assistant", "content": .string(text), "refusal": nil]
        if isBlocked { message["content"] = "" }
        if let tool { (message["content"], message["tool_calls"]) = (.null, [toolCall(tool, index: false)]) }
        var answer: [String: JSONValue] = [
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": model,
            "choices": .array(
                (0..<choices).map { choice in
                    [
                        "index": .integer(Int64(choice)), "message": .object(message), "logprobs": nil,
                        "finish_reason": finish(choice),
                    ]
                }),
        ]
        if tellsUsage { answer["usage"] = usage }
        return .object(answer)
    }

    var openAIEvents: [Bytes] {
        func chunk(_ choice: Int, _ delta: JSONValue, _ reason: JSONValue = nil) -> Bytes {
            Self.event([
                "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model,
                "choices": [["index": .integer(Int64(choice)), "delta": delta, "logprobs": nil, "finish_reason": reason]],
            ])
        }
        var events: [Bytes] = []
        for choice in 0..<choices {
            events.append(chunk(choice, ["role": "assistant", "content": ""]))
            if isBlocked {
                // Nothing comes.
            } else if let tool {
                events.append(chunk(choice, ["tool_calls": [toolCall(tool, index: true)]]))
            } else {
                events += pieces.map { chunk(choice, ["content": .string($0)]) }
            }
            events.append(chunk(choice, [:], finish(choice)))
        }
        if tellsUsage, body["stream_options"]?["include_usage"]?.boolValue == true {
            events.append(
                Self.event([
                    "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model, "choices": [],
                    "usage": usage,
                ]))
        }
        return events + [Bytes("data: [DONE]\n\n".utf8)]
    }

    var openAIEmbeddings: JSONValue {
        let data = vectors.enumerated().map { index, vector -> JSONValue in
            ["object": "embedding", "index": .integer(Int64(index)), "embedding": vector]
        }
        return ["object": "list", "data": .array(data), "model": model, "usage": ["prompt_tokens": 5, "total_tokens": 5]]
    }
}
