import Primitives

/// Reads a whole answer of the chat protocol.
enum OpenAIChatResponseDecoder {
    static func decode(_ body: Bytes) throws(ProviderFailure) -> ModelResponse {
        let root = try JSONTape.answer(body).root
        if let error = root.present("error") { throw OpenAIFailure.decode(error, status: 0) }
        guard let list = root.present("choices"), list.isArray else { throw .malformed("the answer has no choices") }
        var choices: [ModelChoice] = []
        for choice in list.elements { choices.append(try self.choice(choice)) }
        guard !choices.isEmpty else { throw .malformed("the answer has no choices") }
        var response = ModelResponse(id: root["id"]?.string ?? "", model: root["model"]?.string ?? "", choices: choices)
        response.created = root.count("created")
        response.usage = root.present("usage").map(OpenAIUsage.decode)
        response.serviceTier = root["service_tier"]?.string
        response.systemFingerprint = root["system_fingerprint"]?.string
        return response
    }

    private static func choice(_ node: JSONNode) throws(ProviderFailure) -> ModelChoice {
        guard let message = node.present("message"), message.isObject else { throw .malformed("a choice has no message") }
        var parts = OpenAIReasoningDetails.decode(message).map(ContentPart.reasoning)
        if let text = message["content"]?.string, !text.isEmpty { parts.append(.text(TextPart(text))) }
        if let refusal = message["refusal"]?.string, !refusal.isEmpty { parts.append(.refusal(refusal)) }
        for call in message.present("tool_calls")?.elements ?? [] {
            guard let function = call.present("function"), let name = function["name"]?.string else {
                throw .malformed("a tool call has no function")
            }
            parts.append(
                .toolCall(
                    ToolCall(
                        id: callID(call), name: name, arguments: arguments(function), signature: OpenAIThoughtSignature.read(call)))
            )
        }
        return ModelChoice(
            parts: parts,
            finish: OpenAIFinishReason.decode(node["finish_reason"]?.string ?? "", hasCalls: !parts.toolCalls.isEmpty),
            logProbabilities: node.present("logprobs")?.raw)
    }

    /// The identifier of a call; some local servers give none, and clients need one to answer.
    static func callID(_ call: JSONNode) -> String {
        if let id = call["id"]?.string, !id.isEmpty { return id }
        return Identifier.make("call")
    }

    /// The arguments; some servers send an object where the protocol has text.
    static func arguments(_ function: JSONNode) -> String {
        guard let arguments = function.present("arguments") else { return "" }
        return arguments.string ?? arguments.raw.text
    }
}
