import ModelProtocols

extension ModelResponse {
    /// The answer as a stream, as a provider would have streamed it.
    var streamEvents: [ModelStreamEvent] {
        var events: [ModelStreamEvent] = [.start(id: id, model: model, created: created)]
        if let usage { events.append(.usage(usage)) }
        for (index, choice) in choices.enumerated() {
            var calls = 0
            for part in choice.parts {
                switch part {
                case .text(let text): events.append(.text(text.text, choice: index))
                case .refusal(let text): events.append(.refusal(text, choice: index))
                case .reasoning(let reasoning):
                    if !reasoning.text.isEmpty { events.append(.reasoning(reasoning.text, choice: index)) }
                    if let signature = reasoning.signature { events.append(.reasoningSignature(signature, choice: index)) }
                    if let data = reasoning.encrypted { events.append(.encryptedReasoning(data, choice: index)) }
                case .toolCall(let call):
                    events.append(.toolCall(call, index: calls, choice: index))
                    calls += 1
                case .image, .audio, .file, .toolResult: break  // Decoders of answers never make them.
                }
            }
            if let logProbabilities = choice.logProbabilities { events.append(.logProbabilities(logProbabilities, choice: index)) }
            events.append(.finish(choice.finish, choice: index))
        }
        if let usage { events.append(.usage(usage)) }
        return events + [.end]
    }
}
