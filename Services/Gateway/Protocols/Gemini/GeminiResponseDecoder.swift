import Primitives

/// Reads a whole answer of the Gemini API.
enum GeminiResponseDecoder {
    static func decode(_ body: Bytes) throws(ProviderFailure) -> ModelResponse {
        let root = try JSONTape.answer(body).root
        if let error = root.present("error") { throw GeminiFailure.decode(error, status: 0) }
        var choices: [ModelChoice] = []
        for candidate in root["candidates"]?.elements ?? [] {
            var parts: [ContentPart] = []
            for part in candidate.present("content")?["parts"]?.elements ?? [] { merge(try GeminiAnswer.parts(part), into: &parts) }
            let reason = candidate["finishReason"]?.string ?? ""
            choices.append(ModelChoice(parts: parts, finish: GeminiAnswer.finish(reason, hasCalls: !parts.toolCalls.isEmpty)))
        }
        if choices.isEmpty, let reason = GeminiAnswer.blockReason(root) { choices = [ModelChoice(parts: [], finish: reason)] }
        guard !choices.isEmpty else { throw .malformed("the answer has no candidates") }
        return ModelResponse(
            id: root["responseId"]?.string ?? "", model: root["modelVersion"]?.string ?? "", choices: choices,
            usage: root.present("usageMetadata").map(GeminiAnswer.usage))
    }

    /// Joins neighbouring texts, which the API cuts as it likes.
    private static func merge(_ new: [ContentPart], into parts: inout [ContentPart]) {
        for part in new {
            if case .text(let next) = part, case .text(let last)? = parts.last {
                parts[parts.count - 1] = .text(TextPart(last.text + next.text))
            } else {
                parts.append(part)
            }
        }
    }
}
