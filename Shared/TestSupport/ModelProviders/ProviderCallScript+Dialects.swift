import Primitives

/// Services that speak OpenAI's chat protocol in their own ways, at `/<service>/v1/chat/completions`.
///
/// Source: OpenRouter, "Streaming" and "Reasoning tokens"; DeepSeek API reference, "Create chat completion" and "Reasoning model";
/// Alibaba Model Studio, "Deep thinking" and "OpenAI compatible"; Moonshot, "Chat completion".
package enum ProviderDialect: String, Sendable, CaseIterable {
    case openrouter, deepseek, qwen, kimi

    var path: String { "/\(rawValue)/v1/chat/completions" }
}

extension ProviderCallScript {
    static let thought = "The caller wants a greeting."

    private var thought: JSONValue {
        guard dialect == .openrouter else { return ["reasoning_content": .string(Self.thought), "content": nil] }
        let detail: JSONValue = ["type": "reasoning.text", "text": .string(Self.thought), "format": "unknown", "index": 0]
        return ["reasoning": .string(Self.thought), "reasoning_details": [detail], "content": ""]
    }

    private var dialectUsage: JSONValue {
        let (input, output) = (ModelProviderServer.inputTokens, ModelProviderServer.outputTokens)
        var usage: [String: JSONValue] = [
            "prompt_tokens": .integer(Int64(input)), "completion_tokens": .integer(Int64(output)),
            "total_tokens": .integer(Int64(input + output)), "completion_tokens_details": ["reasoning_tokens": 2],
        ]
        switch dialect {
        case .deepseek: (usage["prompt_cache_hit_tokens"], usage["prompt_cache_miss_tokens"]) = (4, .integer(Int64(input - 4)))
        case .openrouter: usage["cost"] = 0.0001
        case .kimi: usage["cached_tokens"] = 4
        case .qwen, nil: usage["prompt_tokens_details"] = ["cached_tokens": 4]
        }
        return .object(usage)
    }

    var dialectAnswer: JSONValue {
        var message = thought.objectValue ?? [:]
        (message["role"], message["content"]) = ("assistant", .string(text))
        return [
            "id": "gen-1", "object": "chat.completion", "created": 1_790_000_000, "model": model, "usage": dialectUsage,
            "choices": [["index": 0, "message": .object(message), "finish_reason": "stop"]],
        ]
    }

    var dialectEvents: [Bytes] {
        func chunk(_ choices: JSONValue, _ usage: JSONValue? = nil) -> Bytes {
            var chunk: [String: JSONValue] = [
                "id": "gen-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model, "choices": choices,
            ]
            chunk["usage"] = usage
            return Self.event(.object(chunk))
        }
        func choice(_ delta: JSONValue, _ reason: JSONValue = nil) -> JSONValue {
            ["index": 0, "delta": delta, "finish_reason": reason]
        }
        let alive = Bytes((dialect == .openrouter ? ": OPENROUTER PROCESSING\n\n" : ": keep-alive\n\n").utf8)
        var events = [alive, alive, chunk([choice(["role": "assistant", "content": ""])]), chunk([choice(thought)]), alive]
        events += pieces.map { chunk([choice(["content": .string($0)])]) }
        var last = choice([:], "stop").objectValue ?? [:]
        switch dialect {
        case .kimi:
            last["usage"] = dialectUsage
            events.append(chunk([.object(last)]))
        case .deepseek: events.append(chunk([.object(last)], dialectUsage))
        case .openrouter: events += [chunk([.object(last)]), chunk([choice(["role": "assistant", "content": ""])], dialectUsage)]
        case .qwen, nil: events += [chunk([.object(last)], .null), chunk([], dialectUsage)]
        }
        return events + [Bytes("data: [DONE]\n\n".utf8)]
    }
}
