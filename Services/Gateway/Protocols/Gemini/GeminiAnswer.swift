import Primitives

/// What whole and streamed answers of the Gemini API share.
enum GeminiAnswer {
    static func usage(_ node: JSONNode) -> ModelUsage {
        let thoughts = node.count("thoughtsTokenCount")
        var usage = ModelUsage(
            input: node.count("promptTokenCount") + node.count("toolUsePromptTokenCount"),
            output: node.count("candidatesTokenCount") + thoughts)
        usage.reasoning = thoughts
        usage.cachedRead = node.count("cachedContentTokenCount")
        usage.audioInput = audio(node["promptTokensDetails"])
        usage.audioOutput = audio(node["candidatesTokensDetails"])
        return usage
    }

    private static func audio(_ details: JSONNode?) -> Int {
        let detail = details?.elements.first { $0["modality"]?.equals("AUDIO") == true }
        return detail?.count("tokenCount") ?? 0
    }

    /// - Parameter hasCalls: whether the answer calls tools, which the reason does not tell.
    static func finish(_ raw: String, hasCalls: Bool) -> FinishReason {
        switch raw {
        case "STOP": FinishReason(hasCalls ? .toolCalls : .stop, raw: raw)
        case "MAX_TOKENS": FinishReason(.length, raw: raw)
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE", "MODEL_ARMOR",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            FinishReason(.contentFilter, raw: raw)
        case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE",
            "MALFORMED_RESPONSE":
            FinishReason(.failed, raw: raw)
        default: FinishReason(.other, raw: raw)
        }
    }

    /// One part of a candidate; nil for parts that hold nothing.
    static func parts(_ node: JSONNode) throws(ProviderFailure) -> [ContentPart] {
        let signature = node["thoughtSignature"]?.string.map(ProofOrigin.gemini.mark)
        if let call = node.present("functionCall") {
            guard let name = call["name"]?.string else { throw .malformed("a tool call has no name") }
            let id = call["id"]?.string ?? Identifier.make("call")
            return [
                .toolCall(ToolCall(id: id, name: name, arguments: call.present("args")?.raw.text ?? "{}", signature: signature))
            ]
        }
        guard let text = node["text"]?.string else { throw .malformed("the answer holds a part of an unknown kind") }
        if node["thought"]?.bool == true { return [.reasoning(ReasoningPart(text, signature: signature))] }
        // A signature on an answer's text is kept as reasoning without words.
        let proof = signature.map { ContentPart.reasoning(ReasoningPart("", signature: $0)) }
        return [proof, text.isEmpty ? nil : .text(TextPart(text))].compactMap { $0 }
    }

    /// Why the prompt was refused, when it was.
    static func blockReason(_ root: JSONNode) -> FinishReason? {
        root.present("promptFeedback")?["blockReason"]?.string.map { FinishReason(.contentFilter, raw: $0) }
    }
}
