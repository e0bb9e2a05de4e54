package import Primitives

/// A whole answer that goes to a caller of its own protocol: it is checked to be JSON, its usage is read, and it goes on byte
/// for byte.
package struct PassThroughAnswer: Sendable {
    /// As the provider names it.
    package let model: String
    /// What the call used; nil when the provider does not say.
    package let usage: ModelUsage?
    /// Why the first choice ended.
    package let finish: FinishReason?
    /// What the caller gets.
    package let body: Bytes

    /// - Throws: `ProviderFailure` when the body is an error after all, or not JSON.
    package init(_ body: Bytes, door: Door) throws(ProviderFailure) {
        let root = try JSONTape.answer(body).root
        if let error = root.present("error") {
            throw door == .anthropic ? AnthropicFailure.decode(error, status: 0) : OpenAIFailure.decode(error, status: 0)
        }
        self.body = root.tape.bytes
        model = root["model"]?.string ?? ""
        usage = root.present("usage").map { PassThroughUsage.read($0, door: door) }
        switch door {
        case .openAIChat, .plain:
            guard let choice = root.present("choices")?.elements.first else { throw .malformed("the answer has no choices") }
            let hasCalls = choice.present("message")?.present("tool_calls").map { !$0.isEmpty } ?? false
            finish = choice["finish_reason"]?.string.map { OpenAIFinishReason.decode($0, hasCalls: hasCalls) }
        case .openAIResponses: finish = ResponsesResponseDecoder.finish(root, hasCalls: false)
        case .anthropic:
            finish = root["stop_reason"]?.string.map { AnthropicStopReason.decode($0, stopSequence: root["stop_sequence"]?.string) }
        }
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
