/// Puts a streamed answer together into a whole one, for caches, records and callers that do not stream.
package struct ResponseAccumulator: Sendable {
    private var response = ModelResponse(id: "", model: "", choices: [])
    private var calls: [Key: (choice: Int, part: Int)] = [:]

    private struct Key: Hashable {
        let choice: Int
        let index: Int
    }

    /// The failure that ended the stream, if one did.
    package private(set) var failure: ProviderFailure?
    /// Whether the stream came to its proper end.
    package private(set) var isComplete = false

    package init() {}

    /// The answer as far as it has come.
    package var answer: ModelResponse { response }

    /// Takes the next event of the stream.
    package mutating func add(_ event: ModelStreamEvent) {
        switch event {
        case .start(let id, let model, let created): (response.id, response.model, response.created) = (id, model, created)
        case .text(let text, let choice):
            update(choice) { parts in
                guard case .text(var part)? = parts.last else { return parts.append(.text(TextPart(text))) }
                parts.removeLast()
                part.text += text
                parts.append(.text(part))
            }
        case .reasoning(let text, let choice): extendReasoning(choice) { $0.text += text }
        case .reasoningSignature(let signature, let choice): extendReasoning(choice) { $0.signature = signature }
        case .encryptedReasoning(let data, let choice):
            update(choice) { $0.append(.reasoning(ReasoningPart("", encrypted: data))) }
        case .refusal(let text, let choice):
            update(choice) { parts in
                guard case .refusal(let before)? = parts.last else { return parts.append(.refusal(text)) }
                parts[parts.count - 1] = .refusal(before + text)
            }
        case .toolCall(let call, let index, let choice):
            update(choice) { $0.append(.toolCall(call)) }
            guard response.choices.indices.contains(choice) else { return }
            calls[Key(choice: choice, index: index)] = (choice, response.choices[choice].parts.count - 1)
        case .toolArguments(let text, let index, let choice):
            guard let place = calls[Key(choice: choice, index: index)],
                case .toolCall(var call) = response.choices[place.choice].parts[place.part]
            else { return }
            // The array lets go of the call first, so that appending does not copy it.
            response.choices[place.choice].parts[place.part] = .refusal("")
            call.arguments += text
            response.choices[place.choice].parts[place.part] = .toolCall(call)
        case .logProbabilities: break
        case .finish(let reason, let choice):
            update(choice) { _ in }
            if response.choices.indices.contains(choice) { response.choices[choice].finish = reason }
        case .usage(let usage): response.usage = usage
        case .failure(let error): failure = error
        case .heartbeat: break
        case .end: isComplete = true
        }
    }

    /// A signature closes its part: what follows starts the next one.
    private mutating func extendReasoning(_ choice: Int, _ change: (inout ReasoningPart) -> Void) {
        update(choice) { parts in
            var part = ReasoningPart("")
            if case .reasoning(let last)? = parts.last, last.signature == nil, last.encrypted == nil {
                part = last
                parts.removeLast()
            }
            change(&part)
            parts.append(.reasoning(part))
        }
    }

    private mutating func update(_ choice: Int, _ change: (inout [ContentPart]) -> Void) {
        // More choices than any provider gives would be a mistake of the provider's.
        guard (0..<128).contains(choice) else { return }
        while response.choices.count <= choice {
            response.choices.append(ModelChoice(parts: [], finish: FinishReason(.other, raw: "")))
        }
        change(&response.choices[choice].parts)
    }
}
