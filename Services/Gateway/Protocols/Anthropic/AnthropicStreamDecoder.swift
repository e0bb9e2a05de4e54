import Primitives

/// Reads the events of a streamed message.
struct AnthropicStreamDecoder: StreamEventDecoder {
    private(set) var hasEnded = false
    private var usage = ModelUsage()
    private var calls: [Call] = []

    private struct Call {
        /// The index of its block.
        let block: Int
        var hasArguments: Bool
    }

    mutating func decode(_ data: Bytes, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard !hasEnded, !data.isEmpty else { return }
        let root = try JSONTape.answer(data).root
        guard let kind = root["type"] else { throw .malformed("an event of the stream has no type") }
        if kind.equals("content_block_delta") {
            decode(delta: root, into: &events)
        } else if kind.equals("content_block_start") {
            try decode(block: root, into: &events)
        } else if kind.equals("content_block_stop") {
            // A call without arguments has no pieces; JSON needs an object.
            if let call = calls.firstIndex(where: { $0.block == root.count("index") }), !calls[call].hasArguments {
                events.append(.toolArguments("{}", index: call))
            }
        } else if kind.equals("message_start") {
            let message = root.present("message")
            events.append(.start(id: message?["id"]?.string ?? "", model: message?["model"]?.string ?? "", created: 0))
            take(usage: message?.present("usage"), into: &events)
        } else if kind.equals("message_delta") {
            if let delta = root.present("delta"), let reason = delta["stop_reason"]?.string {
                events.append(.finish(AnthropicStopReason.decode(reason, stopSequence: delta["stop_sequence"]?.string)))
            }
            take(usage: root.present("usage"), into: &events)
        } else if kind.equals("message_stop") {
            hasEnded = true
            events.append(.end)
        } else if kind.equals("ping") {
            events.append(.heartbeat)
        } else if kind.equals("error") {
            hasEnded = true
            events.append(.failure(AnthropicFailure.decode(root.present("error") ?? root, status: 0)))
        }
    }

    mutating func finish(into events: inout [ModelStreamEvent]) {
        guard !hasEnded else { return }
        hasEnded = true
        events.append(.failure(.closedEarly))
    }

    private mutating func take(usage node: JSONNode?, into events: inout [ModelStreamEvent]) {
        guard let node else { return }
        AnthropicUsage.merge(node, into: &usage)
        events.append(.usage(usage))
    }

    private mutating func decode(block root: JSONNode, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard let block = root.present("content_block") else { throw .malformed("a block of the stream has no content") }
        switch block["type"]?.string {
        case "text": if let text = block["text"]?.string, !text.isEmpty { events.append(.text(text)) }
        case "thinking": if let text = block["thinking"]?.string, !text.isEmpty { events.append(.reasoning(text)) }
        case "redacted_thinking": events.append(.encryptedReasoning(block["data"]?.string ?? ""))
        case "tool_use":
            guard let id = block["id"]?.string, let name = block["name"]?.string else {
                throw .malformed("a tool call has no name")
            }
            let early = block.present("input").flatMap { $0.isEmpty ? nil : $0.raw.text } ?? ""
            events.append(.toolCall(ToolCall(id: id, name: name, arguments: early), index: calls.count))
            calls.append(Call(block: root.count("index"), hasArguments: !early.isEmpty))
        default: throw .malformed("the stream holds a block of an unknown type")
        }
    }

    private mutating func decode(delta root: JSONNode, into events: inout [ModelStreamEvent]) {
        guard let delta = root.present("delta"), let kind = delta["type"] else { return }
        if kind.equals("text_delta") {
            events.append(.text(delta["text"]?.string ?? ""))
        } else if kind.equals("input_json_delta") {
            let text = delta["partial_json"]?.string ?? ""
            guard !text.isEmpty, let call = calls.lastIndex(where: { $0.block == root.count("index") }) else { return }
            calls[call].hasArguments = true
            events.append(.toolArguments(text, index: call))
        } else if kind.equals("thinking_delta") {
            events.append(.reasoning(delta["thinking"]?.string ?? ""))
        } else if kind.equals("signature_delta") {
            events.append(.reasoningSignature(delta["signature"]?.string ?? ""))
        }
    }
}
