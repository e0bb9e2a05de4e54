import Primitives

/// Source: Anthropic API reference, "Messages" and "Streaming messages".
extension ProviderCallScript {
    private func usage(output: Int) -> JSONValue {
        [
            "input_tokens": .integer(Int64(ModelProviderServer.inputTokens - 4)), "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 4, "output_tokens": .integer(Int64(output)), "service_tier": "standard",
        ]
    }

    private func message(_ content: JSONValue, _ reason: JSONValue, output: Int) -> JSONValue {
        [
            "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content, "stop_reason": reason,
            "stop_sequence": nil, "usage": usage(output: output),
        ]
    }

    var anthropicAnswer: JSONValue {
        let content: JSONValue =
            if let tool {
                [["type": "tool_use", "id": "toolu_1", "name": .string(tool), "input": Self.arguments]]
            } else {
                [["type": "text", "text": .string(text)]]
            }
        return message(content, tool == nil ? "end_turn" : "tool_use", output: ModelProviderServer.outputTokens)
    }

    var anthropicEvents: [Bytes] {
        func event(_ name: String, _ members: [String: JSONValue]) -> Bytes {
            Self.event(named: name, .object(members.merging(["type": .string(name)]) { $1 }))
        }
        var events = [event("message_start", ["message": message([], nil, output: 1)])]
        if let tool {
            let block: JSONValue = ["type": "tool_use", "id": "toolu_1", "name": .string(tool), "input": [:]]
            let json = String(decoding: Self.arguments.serialized(), as: UTF8.self)
            events.append(event("content_block_start", ["index": 0, "content_block": block]))
            events.append(
                event(
                    "content_block_delta", ["index": 0, "delta": ["type": "input_json_delta", "partial_json": .string(json)]]))
        } else {
            events.append(event("content_block_start", ["index": 0, "content_block": ["type": "text", "text": ""]]))
            events.append(event("ping", [:]))
            events += pieces.map {
                event("content_block_delta", ["index": 0, "delta": ["type": "text_delta", "text": .string($0)]])
            }
        }
        events.append(event("content_block_stop", ["index": 0]))
        events.append(
            event(
                "message_delta",
                [
                    "delta": ["stop_reason": tool == nil ? "end_turn" : "tool_use", "stop_sequence": nil],
                    "usage": ["output_tokens": .integer(Int64(ModelProviderServer.outputTokens))],
                ]))
        return events + [event("message_stop", [:])]
    }
}
