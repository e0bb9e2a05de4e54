package import Primitives

/// A whole answer that goes to a caller of its own protocol: it is checked to be JSON, its usage is read, and it goes on byte
/// for byte.
package struct PassThroughAnswer: Sendable {
    /// As the provider names it.
    package let model: String
    /// What the call used; nil when the provider does not say.
    package let usage: ModelUsage?
    /// What it means that none of the answers is one.
    package let failure: ProviderFailure?
    /// Whether a filter has let nothing of it through.
    package let isFiltered: Bool
    /// What the caller gets.
    package let body: Bytes

    /// - Parameter keepsFiltered: as in `ChoiceProgress`.
    /// - Throws: `ProviderFailure` when the body is an error after all, or not JSON.
    package init(_ body: Bytes, door: Door, keepsFiltered: Bool = false) throws(ProviderFailure) {
        let root = try JSONTape.answer(body).root
        if let error = root.present("error") {
            throw door == .anthropic ? AnthropicFailure.decode(error, status: 0) : OpenAIFailure.decode(error, status: 0)
        }
        self.body = root.tape.bytes
        model = root["model"]?.string ?? ""
        usage = root.present("usage").map { PassThroughUsage.read($0, door: door) }
        var ends: [(reason: FinishReason, isEmpty: Bool)] = []
        switch door {
        case .openAIChat, .plain:
            let choices = root.present("choices")?.elements ?? []
            guard !choices.isEmpty else { throw .malformed("the answer has no choices") }
            ends = choices.map {
                (OpenAIFinishReason.decode($0["finish_reason"]?.string ?? "", hasCalls: false), Self.isEmpty($0.present("message")))
            }
        case .openAIResponses:
            let output = root.present("output")?.elements ?? []
            ends = [(ResponsesResponseDecoder.finish(root, hasCalls: false), output.allSatisfy(Self.isEmptyItem))]
        // Claude never gives up in this place.
        case .anthropic: break
        }
        let choices = ChoiceProgress(ended: ends, keepsFiltered: keepsFiltered)
        (failure, isFiltered) = (choices.failure(usage: usage), choices.isFiltered)
    }

    /// Whether an item of a response is thoughts that nobody can read, or a message without words.
    private static func isEmptyItem(_ item: JSONNode) -> Bool {
        guard let kind = item["type"], kind.equals("reasoning") || kind.equals("message") else { return false }
        let parts = ["content", "summary"].flatMap { item.present($0)?.elements ?? [] }
        return parts.allSatisfy { part in ["text", "refusal"].allSatisfy { part[$0]?.string?.isEmpty ?? true } }
    }

    /// Whether a message says nothing and calls nothing.
    private static func isEmpty(_ message: JSONNode?) -> Bool {
        var isEmpty = true
        message?.members { name, value in
            if name == "role" || value.isNull || value.string?.isEmpty == true || (value.isArray && value.isEmpty) { return }
            isEmpty = false
        }
        return isEmpty
    }
}

enum PassThroughUsage {
    static func read(_ node: JSONNode, door: Door) -> ModelUsage {
        switch door {
        case .openAIChat, .plain: return OpenAIUsage.decode(node)
        case .openAIResponses: return ResponsesUsage.decode(node)
        case .anthropic:
            var usage = ModelUsage()
            AnthropicUsage.merge(node, into: &usage)
            return usage
        }
    }
}
