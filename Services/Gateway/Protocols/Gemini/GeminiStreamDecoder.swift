import Primitives

/// Reads the events of a streamed answer, each of which is a small answer of its own. The protocol has no last event: a reason
/// to finish, and the end of the bytes, make the end.
struct GeminiStreamDecoder: StreamEventDecoder {
    private(set) var hasEnded = false
    private var hasStarted = false
    private var hasFinished = false
    private var openChoices: Set<Int> = []
    private var callCounts: [Int: Int] = [:]

    mutating func decode(_ data: Bytes, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard !hasEnded, !data.isEmpty else { return }
        let root = try JSONTape.answer(data).root
        guard root.isObject else { throw .malformed("an event of the stream is not an object") }
        if let error = root.present("error") {
            hasEnded = true
            events.append(.failure(GeminiFailure.decode(error, status: 0)))
            return
        }
        if !hasStarted {
            hasStarted = true
            events.append(.start(id: root["responseId"]?.string ?? "", model: root["modelVersion"]?.string ?? "", created: 0))
        }
        for candidate in root["candidates"]?.elements ?? [] { try decode(candidate: candidate, into: &events) }
        if let reason = GeminiAnswer.blockReason(root) {
            hasFinished = true
            openChoices.removeAll()
            events.append(.finish(reason))
        }
        if let usage = root.present("usageMetadata") { events.append(.usage(GeminiAnswer.usage(usage))) }
    }

    mutating func finish(into events: inout [ModelStreamEvent]) {
        guard !hasEnded else { return }
        hasEnded = true
        events.append(hasFinished && openChoices.isEmpty ? .end : .failure(.closedEarly))
    }

    private mutating func decode(candidate: JSONNode, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        let choice = candidate.count("index")
        openChoices.insert(choice)
        for node in candidate.present("content")?["parts"]?.elements ?? [] {
            for part in try GeminiAnswer.parts(node) {
                switch part {
                case .text(let text): events.append(.text(text.text, choice: choice))
                case .reasoning(let reasoning):
                    if !reasoning.text.isEmpty { events.append(.reasoning(reasoning.text, choice: choice)) }
                    if let signature = reasoning.signature { events.append(.reasoningSignature(signature, choice: choice)) }
                case .toolCall(let call):
                    let index = callCounts[choice, default: 0]
                    callCounts[choice] = index + 1
                    events.append(.toolCall(call, index: index, choice: choice))
                default: break
                }
            }
        }
        if let reason = candidate["finishReason"]?.string {
            hasFinished = true
            openChoices.remove(choice)
            events.append(.finish(GeminiAnswer.finish(reason, hasCalls: callCounts[choice] != nil), choice: choice))
        }
    }
}
