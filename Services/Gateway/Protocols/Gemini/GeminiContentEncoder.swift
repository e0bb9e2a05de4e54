extension RequestEncoding {
    /// Writes `systemInstruction` and `contents`, whose turns alternate between user and model.
    mutating func writeGeminiContents() throws(ModelRequestError) {
        let lead = request.messages.prefix { $0.role == .system || $0.role == .developer }
        if !lead.isEmpty {
            json.key("systemInstruction")
            json.frame("{\"parts\":[")
            for part in lead.flatMap(\.parts) {
                guard case .text = part else { throw unsupported("system", "only text") }
                try writeGeminiPart(part, "system", [:])
            }
            json.frame("]}")
        }
        let names = try toolNames()
        json.key("contents")
        json.frame("[")
        var open: Bool?
        for index in lead.count..<request.messages.count {
            let message = request.messages[index]
            if message.role == .system || message.role == .developer {
                throw unsupported("messages[\(index)].role", "system messages only at the start")
            }
            if message.name != nil { throw unsupported("messages[\(index)].name") }
            let isModel = message.role == .assistant
            guard !isModel || message.parts.contains(where: Self.isSent) else {
                // The API refuses turns without parts.
                adjust("messages[\(index)]", "an answer of which nothing can be sent back is left out")
                continue
            }
            if open != isModel {
                if open != nil { json.frame("]}") }
                openObject()
                json.member("role", isModel ? "model" : "user" as StaticString)
                json.key("parts")
                json.frame("[")
                open = isModel
            }
            for (position, part) in message.parts.enumerated() {
                try writeGeminiPart(part, "messages[\(index)].content[\(position)]", names)
            }
        }
        if open != nil { json.frame("]}") }
        json.frame("]")
    }

    /// Whether something of a part is left once foreign proofs are gone.
    private static func isSent(_ part: ContentPart) -> Bool {
        guard case .reasoning(let reasoning) = part else { return true }
        return ProofOrigin.gemini.unmark(reasoning.signature) != nil
    }

    /// The tools' names by the identifiers of their calls: results carry only the latter.
    func toolNames() throws(ModelRequestError) -> [String: String] {
        var names: [String: String] = [:]
        for message in request.messages {
            for call in message.parts.toolCalls { names[call.id] = call.name }
        }
        return names
    }

    private mutating func writeGeminiPart(
        _ part: ContentPart, _ field: @autoclosure () -> String, _ names: [String: String]
    ) throws(ModelRequestError) {
        switch part {
        case .text(let text):
            if text.cache != nil { adjustCache(text.cache, field()) }
            json.object { $0.member("text", text.text) }
        case .refusal(let text): json.object { $0.member("text", text) }
        case .image(let image):
            if image.detail ?? "auto" != "auto" { adjust(field() + ".detail", "gemini chooses the size of images") }
            if image.cache != nil { adjustCache(image.cache, field()) }
            try writeGeminiMedia(image.source, field())
        case .audio(let audio):
            json.object {
                $0.object("inlineData") { json in
                    json.member("mimeType", "audio/" + audio.format)
                    json.member("data", audio.base64)
                }
            }
        case .file(let file):
            if file.cites { throw unsupported(field() + ".citations") }
            if file.context != nil { throw unsupported(field() + ".context") }
            if file.cache != nil { adjustCache(file.cache, field()) }
            try writeGeminiMedia(file.source, field())
        case .reasoning(let reasoning):
            guard let signature = ProofOrigin.gemini.unmark(reasoning.signature) else {
                return adjust(field(), "earlier reasoning without gemini's signature is not sent")
            }
            json.object { json in
                json.member("text", reasoning.text)
                if !reasoning.text.isEmpty { json.member("thought", true) }
                json.member("thoughtSignature", signature)
            }
        case .toolCall(let call): try writeGeminiCall(call, field())
        case .toolResult(let result):
            guard let name = names[result.callID] else {
                throw ModelRequestError(
                    .invalid, field: field(), "\(field()): there is no tool call with the identifier \(result.callID)")
            }
            try writeGeminiResult(result, name, field())
        }
    }

    private mutating func writeGeminiCall(_ call: ToolCall, _ field: String) throws(ModelRequestError) {
        guard let arguments = call.checkedArguments else {
            throw ModelRequestError(.invalid, field: field, "\(field): the arguments of the call are not a JSON object")
        }
        // Gemini 3 wants a signature with each call; this one is documented for calls that another model made.
        let placeholder = profile.reasoningStyle == .level ? "skip_thought_signature_validator" : nil
        let signature = ProofOrigin.gemini.unmark(call.signature) ?? placeholder
        json.object { json in
            json.object("functionCall") { json in
                json.member("name", call.name)
                json.member("args", arguments)
            }
            json.member("thoughtSignature", ifPresent: signature)
        }
    }

    private mutating func writeGeminiResult(_ result: ToolResult, _ name: String, _ field: String) throws(ModelRequestError) {
        for part in result.content {
            guard case .text = part else { throw unsupported(field, "only text in tool results") }
        }
        adjustCache(result.cache, field)
        json.object { json in
            json.object("functionResponse") { json in
                json.member("name", name)
                json.object("response") { $0.member(result.isError ? "error" : "output", result.content.plainText) }
            }
        }
    }

    private mutating func writeGeminiMedia(_ source: MediaSource, _ field: String) throws(ModelRequestError) {
        switch source {
        case .data(let mediaType, let base64):
            json.object {
                $0.object("inlineData") { json in
                    json.member("mimeType", mediaType)
                    json.member("data", base64)
                }
            }
        case .url(let url):
            json.object {
                $0.object("fileData") { json in
                    json.member("mimeType", ifPresent: MediaTypeNames.guess(fromURL: url))
                    json.member("fileUri", url)
                }
            }
        case .text(let text): json.object { $0.member("text", text) }
        case .file: throw unsupported(field, "files by another provider's identifier")
        }
    }
}
