import Primitives

/// Reads the chunks of a streamed chat answer.
struct OpenAIChatStreamDecoder: StreamEventDecoder {
    private(set) var hasEnded = false
    private var hasStarted = false
    private var openChoices: Set<Int> = []
    private var hasFinished = false
    private var calls: [Call] = []

    /// A tool call of which a piece has come.
    private struct Call {
        let choice: Int
        let wireIndex: Int
        let id: String
        /// Counts the calls of the choice.
        let index: Int
    }

    mutating func decode(_ data: Bytes, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard !hasEnded, !data.isEmpty else { return }
        if data == Self.done {
            hasEnded = true
            events.append(.end)
            return
        }
        let root = try JSONTape.answer(data).root
        guard root.isObject else { throw .malformed("a chunk of the stream is not an object") }
        if let error = root.present("error") {
            hasEnded = true
            events.append(.failure(OpenAIFailure.decode(error, status: 0)))
            return
        }
        if !hasStarted {
            hasStarted = true
            events.append(
                .start(id: root["id"]?.string ?? "", model: root["model"]?.string ?? "", created: root.count("created")))
        }
        for choice in root["choices"]?.elements ?? [] { decode(choice, into: &events) }
        if let usage = root.present("usage"), usage.isObject { events.append(.usage(OpenAIUsage.decode(usage))) }
    }

    /// Some local servers never send `[DONE]`; that every choice is finished is enough.
    mutating func finish(into events: inout [ModelStreamEvent]) {
        guard !hasEnded else { return }
        hasEnded = true
        events.append(hasFinished && openChoices.isEmpty ? .end : .failure(.closedEarly))
    }

    private static let done = Bytes("[DONE]".utf8)

    private mutating func decode(_ node: JSONNode, into events: inout [ModelStreamEvent]) {
        let choice = node.count("index")
        if let delta = node.present("delta") {
            openChoices.insert(choice)
            decode(delta: delta, choice, into: &events)
        }
        if let logProbabilities = node.present("logprobs") {
            events.append(.logProbabilities(logProbabilities.raw, choice: choice))
        }
        if let reason = node["finish_reason"]?.string, !reason.isEmpty {
            hasFinished = true
            openChoices.remove(choice)
            let hasCalls = calls.contains { $0.choice == choice }
            events.append(.finish(OpenAIFinishReason.decode(reason, hasCalls: hasCalls), choice: choice))
        }
        // Kimi puts the usage here.
        if let usage = node.present("usage"), usage.isObject { events.append(.usage(OpenAIUsage.decode(usage))) }
    }

    private mutating func decode(delta: JSONNode, _ choice: Int, into events: inout [ModelStreamEvent]) {
        if let text = (delta.present("reasoning_content") ?? delta.present("reasoning"))?.string, !text.isEmpty {
            events.append(.reasoning(text, choice: choice))
        }
        for detail in delta.present("reasoning_details")?.elements ?? [] {
            if let signature = detail.present("signature")?.string {
                events.append(.reasoningSignature(signature, choice: choice))
            }
            if detail["type"]?.equals("reasoning.encrypted") == true, let data = detail["data"]?.string {
                events.append(.encryptedReasoning(data, choice: choice))
            }
        }
        if let text = delta["content"]?.string, !text.isEmpty { events.append(.text(text, choice: choice)) }
        if let text = delta["refusal"]?.string, !text.isEmpty { events.append(.refusal(text, choice: choice)) }
        for (position, call) in (delta.present("tool_calls")?.elements ?? []).enumerated() {
            decode(call: call, wireIndex: call["index"]?.integer ?? position, choice, into: &events)
        }
    }

    /// A piece of a call belongs to the last call with its index, unless it brings another identifier: some servers give every
    /// call the index 0, others repeat identifier and name with each piece.
    private mutating func decode(call: JSONNode, wireIndex: Int, _ choice: Int, into events: inout [ModelStreamEvent]) {
        let function = call.present("function")
        let arguments = function.map(OpenAIChatResponseDecoder.arguments) ?? ""
        let id = call["id"]?.string ?? ""
        let known = calls.last { $0.choice == choice && $0.wireIndex == wireIndex && (id.isEmpty || $0.id == id) }
        if let known {
            if !arguments.isEmpty { events.append(.toolArguments(arguments, index: known.index, choice: choice)) }
            return
        }
        let index = calls.count { $0.choice == choice }
        let start = ToolCall(
            id: OpenAIChatResponseDecoder.callID(call), name: function?["name"]?.string ?? "", arguments: arguments,
            signature: OpenAIThoughtSignature.read(call))
        calls.append(Call(choice: choice, wireIndex: wireIndex, id: start.id, index: index))
        events.append(.toolCall(start, index: index, choice: choice))
    }
}
