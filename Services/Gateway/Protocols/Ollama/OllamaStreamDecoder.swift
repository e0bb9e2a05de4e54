import Primitives

/// Reads the lines of a streamed answer of Ollama.
struct OllamaStreamDecoder: StreamEventDecoder {
    private(set) var hasEnded = false
    private var hasStarted = false
    private var callCount = 0

    mutating func decode(_ data: Bytes, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard !hasEnded, !data.isEmpty else { return }
        let root = try JSONTape.answer(data).root
        guard root.isObject else { throw .malformed("a line of the stream is not an object") }
        if let error = root.present("error") {
            hasEnded = true
            events.append(.failure(OllamaFailure.decode(error, status: 0)))
            return
        }
        if !hasStarted {
            hasStarted = true
            events.append(.start(id: "", model: root["model"]?.string ?? "", created: OllamaAnswer.created(root)))
        }
        let message = root.present("message")
        if let text = message?["thinking"]?.string, !text.isEmpty { events.append(.reasoning(text)) }
        if let text = message?["content"]?.string, !text.isEmpty { events.append(.text(text)) }
        for call in try OllamaAnswer.calls(message) {
            events.append(.toolCall(call, index: callCount))
            callCount += 1
        }
        if let logProbabilities = OllamaAnswer.logProbabilities(root) { events.append(.logProbabilities(logProbabilities)) }
        guard root["done"]?.bool == true else { return }
        hasEnded = true
        events.append(.finish(OllamaAnswer.finish(root, hasCalls: callCount > 0)))
        events.append(.usage(OllamaAnswer.usage(root)))
        events.append(.end)
    }

    mutating func finish(into events: inout [ModelStreamEvent]) {
        guard !hasEnded else { return }
        hasEnded = true
        events.append(.failure(.closedEarly))
    }
}
