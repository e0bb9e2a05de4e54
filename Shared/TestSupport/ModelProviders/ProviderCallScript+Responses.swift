import Primitives

/// Source: OpenAI API reference, "Responses" and "Responses: streaming events".
extension ProviderCallScript {
    private var usage: JSONValue {
        [
            "input_tokens": .integer(Int64(ModelProviderServer.inputTokens)), "input_tokens_details": ["cached_tokens": 4],
            "output_tokens": .integer(Int64(ModelProviderServer.outputTokens)),
            "output_tokens_details": ["reasoning_tokens": 2],
            "total_tokens": .integer(Int64(ModelProviderServer.inputTokens + ModelProviderServer.outputTokens)),
        ]
    }

    private func response(_ status: String, _ output: [JSONValue]) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": "resp_1", "object": "response", "created_at": 1_790_000_000, "status": .string(status), "error": nil,
            "incomplete_details": nil, "instructions": body["instructions"] ?? .null, "model": model, "output": .array(output),
            "parallel_tool_calls": true, "tool_choice": "auto", "tools": body["tools"] ?? [], "metadata": [:],
        ]
        if status == "incomplete" { members["incomplete_details"] = ["reason": "content_filter"] }
        if status != "in_progress", tellsUsage { members["usage"] = usage }
        return .object(members)
    }

    private func part(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    /// The one item of the answer, as it begins and as it is in the end.
    private func item(_ status: String) -> JSONValue {
        let isDone = status == "completed"
        if let tool {
            let arguments = isDone ? String(decoding: Self.arguments.serialized(), as: UTF8.self) : ""
            return [
                "id": "fc_1", "type": "function_call", "status": .string(status), "call_id": "call_1", "name": .string(tool),
                "arguments": .string(arguments),
            ]
        }
        return [
            "id": "msg_1", "type": "message", "status": .string(status), "role": "assistant",
            "content": isDone ? [part(text)] : [],
        ]
    }

    /// Whether the model is one that thinks before it answers: those that tests call so.
    private var thinks: Bool { model == "thinker" }
    private var wantsProof: Bool { body["include"]?.arrayValue?.contains("reasoning.encrypted_content") == true }

    /// The item of thoughts; only its proof makes it one that can be given back, for nothing is kept.
    private var reasoning: [JSONValue] {
        guard thinks else { return [] }
        var item: [String: JSONValue] = ["id": "rs_1", "type": "reasoning", "summary": []]
        if wantsProof { item["encrypted_content"] = "gAAAAproof" }
        return [.object(item)]
    }

    /// What is said to thoughts that are not kept, and to who wants the proof of thoughts that there are none of.
    var responsesRefusal: (status: Int, body: JSONValue)? {
        if wantsProof, !thinks {
            return (400, Self.openAIRefusal("Encrypted content is not supported with this model.", field: "include"))
        }
        let bare = body["input"]?.arrayValue?.first { $0["type"] == "reasoning" && $0["encrypted_content"]?.stringValue == nil }
        guard let id = bare?["id"]?.stringValue, body["store"] == false else { return nil }
        let message = "Item with id '\(id)' not found. Items are not persisted when `store` is set to false."
        return (404, Self.openAIRefusal(.string(message), field: "input"))
    }

    var responsesAnswer: JSONValue {
        isBlocked ? response("incomplete", []) : response("completed", reasoning + [item("completed")])
    }

    var responsesEvents: [Bytes] {
        let index = JSONValue(reasoning.count)
        let place: [String: JSONValue] = ["output_index": index, "item_id": tool == nil ? "msg_1" : "fc_1"]
        var events: [(name: String, members: [String: JSONValue])] = [
            ("response.created", ["response": response("in_progress", [])]),
            ("response.in_progress", ["response": response("in_progress", [])]),
        ]
        if isBlocked {
            events.append(("response.incomplete", ["response": responsesAnswer]))
            return written(events)
        }
        for item in reasoning {
            events.append(("response.output_item.added", ["output_index": 0, "item": item]))
            events.append(("response.output_item.done", ["output_index": 0, "item": item]))
        }
        events.append(("response.output_item.added", ["output_index": index, "item": item("in_progress")]))
        if tool != nil {
            let arguments = JSONValue.string(String(decoding: Self.arguments.serialized(), as: UTF8.self))
            events.append(("response.function_call_arguments.delta", place.merging(["delta": arguments]) { $1 }))
            events.append(("response.function_call_arguments.done", place.merging(["arguments": arguments]) { $1 }))
        } else {
            let within = place.merging(["content_index": 0]) { $1 }
            events.append(("response.content_part.added", within.merging(["part": part("")]) { $1 }))
            events += pieces.map {
                ("response.output_text.delta", within.merging(["delta": .string($0), "logprobs": []]) { $1 })
            }
            events.append(("response.output_text.done", within.merging(["text": .string(text), "logprobs": []]) { $1 }))
            events.append(("response.content_part.done", within.merging(["part": part(text)]) { $1 }))
        }
        events.append(("response.output_item.done", ["output_index": index, "item": item("completed")]))
        events.append(("response.completed", ["response": responsesAnswer]))
        return written(events)
    }

    private func written(_ events: [(name: String, members: [String: JSONValue])]) -> [Bytes] {
        events.enumerated().map { number, event in
            let own: [String: JSONValue] = ["type": .string(event.name), "sequence_number": .integer(Int64(number))]
            return Self.event(named: event.name, .object(event.members.merging(own) { $1 }))
        }
    }
}
