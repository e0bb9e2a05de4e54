import Primitives

/// Reads the events of a streamed response.
struct ResponsesStreamDecoder: StreamEventDecoder {
    private(set) var hasEnded = false
    /// The output index of each tool call, in order.
    private var calls: [Int] = []
    private var callsWithArguments: Set<Int> = []

    mutating func decode(_ data: Bytes, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard !hasEnded, !data.isEmpty else { return }
        let root = try JSONTape.answer(data).root
        guard let kind = root["type"]?.string else { throw .malformed("an event of the stream has no type") }
        switch kind {
        case "response.output_text.delta": events.append(.text(root["delta"]?.string ?? ""))
        case "response.refusal.delta": events.append(.refusal(root["delta"]?.string ?? ""))
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta":
            events.append(.reasoning(root["delta"]?.string ?? ""))
        case "response.function_call_arguments.delta": argument(root, into: &events)
        case "response.created":
            let response = root.present("response")
            events.append(
                .start(
                    id: response?["id"]?.string ?? "", model: response?["model"]?.string ?? "",
                    created: response?.count("created_at") ?? 0))
        case "response.output_item.added": try begin(root, into: &events)
        case "response.output_item.done": finishItem(root, into: &events)
        case "response.completed", "response.incomplete", "response.failed": end(root, into: &events)
        case "error":
            hasEnded = true
            events.append(.failure(OpenAIFailure.decode(root.present("error") ?? root, status: 0)))
        default: break  // Progress of items, whose content comes in the events above.
        }
    }

    mutating func finish(into events: inout [ModelStreamEvent]) {
        guard !hasEnded else { return }
        hasEnded = true
        events.append(.failure(.closedEarly))
    }

    private mutating func begin(_ root: JSONNode, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard let item = root.present("item"), item["type"]?.equals("function_call") == true else { return }
        events.append(.toolCall(try ResponsesResponseDecoder.call(item), index: calls.count))
        calls.append(root.count("output_index"))
    }

    private mutating func argument(_ root: JSONNode, into events: inout [ModelStreamEvent]) {
        guard let index = calls.firstIndex(of: root.count("output_index")), let text = root["delta"]?.string else { return }
        callsWithArguments.insert(index)
        events.append(.toolArguments(text, index: index))
    }

    private mutating func finishItem(_ root: JSONNode, into events: inout [ModelStreamEvent]) {
        guard let item = root.present("item") else { return }
        if let proof = ResponsesResponseDecoder.encrypted(item) { events.append(.encryptedReasoning(proof)) }
        // Short arguments may come only whole.
        if let index = calls.firstIndex(of: root.count("output_index")), !callsWithArguments.contains(index),
            let text = item["arguments"]?.string, !text.isEmpty
        {
            events.append(.toolArguments(text, index: index))
        }
    }

    private mutating func end(_ root: JSONNode, into events: inout [ModelStreamEvent]) {
        hasEnded = true
        guard let response = root.present("response") else { return events.append(.failure(.closedEarly)) }
        let usage = response.present("usage").map { ModelStreamEvent.usage(ResponsesUsage.decode($0)) }
        if root["type"]?.equals("response.failed") == true {
            if let usage { events.append(usage) }
            let failure = response.present("error").map { OpenAIFailure.decode($0, status: 0) }
            events.append(.failure(failure ?? ProviderFailure(.server, message: "the response failed")))
            return
        }
        events.append(.finish(ResponsesResponseDecoder.finish(response, hasCalls: !calls.isEmpty)))
        if let usage { events.append(usage) }
        events.append(.end)
    }
}
