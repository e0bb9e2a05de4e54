extension RequestEncoding {
    /// Writes `messages` in OpenAI's chat form; each tool result becomes a message of its own.
    mutating func writeChatMessages() throws(ModelRequestError) {
        json.key("messages")
        json.frame("[")
        for (index, message) in request.messages.enumerated() {
            switch message.role {
            case .tool: try writeChatResults(message, at: index)
            case .assistant: try writeChatAssistant(message, at: index)
            case .system, .developer, .user: try writeChatMessage(message, at: index)
            }
        }
        json.frame("]")
    }

    /// Opens the next object in a list that is written by hand, because what is inside may throw.
    mutating func openObject() {
        if json.bytes.last != UInt8(ascii: "[") { json.frame(",") }
        json.frame("{")
    }

    private mutating func writeChatMessage(_ message: ModelMessage, at index: Int) throws(ModelRequestError) {
        openObject()
        let role = message.role == .developer && !profile.dialect.knowsDeveloperRole ? .system : message.role
        json.member("role", role.rawValue)
        json.member("name", ifPresent: message.name)
        try writeChatContent(message.parts, "messages[\(index)].content")
        json.frame("}")
    }

    /// Writes `content`: a plain string for one plain text, else a list of parts.
    private mutating func writeChatContent(_ parts: [ContentPart], _ field: @autoclosure () -> String) throws(ModelRequestError) {
        if parts.count == 1, case .text(let part) = parts[0], part.cache == nil || !profile.dialect.keepsCacheMarkers {
            if part.cache != nil { adjustCache(part.cache, "\(field())[0]") }
            json.member("content", part.text)
            return
        }
        json.key("content")
        json.frame("[")
        for (index, part) in parts.enumerated() { try writeChatPart(part, "\(field())[\(index)]") }
        json.frame("]")
    }

    private mutating func writeChatPart(_ part: ContentPart, _ field: @autoclosure () -> String) throws(ModelRequestError) {
        var marker: CacheMarker?
        openObject()
        switch part {
        case .text(let text):
            json.member("type", "text" as StaticString)
            json.member("text", text.text)
            marker = text.cache
        case .image(let image):
            try refuse(!profile.dialect.knowsImages, field(), "images")
            let url = try imageURL(image.source, field())
            json.member("type", "image_url" as StaticString)
            json.object("image_url") { json in
                json.member("url", url)
                json.member("detail", ifPresent: image.detail)
            }
            marker = image.cache
        case .audio(let audio):
            try refuse(!profile.dialect.knowsAudio, field(), "audio")
            json.member("type", "input_audio" as StaticString)
            json.object("input_audio") { json in
                json.member("data", audio.base64)
                json.member("format", audio.format)
            }
        case .file(let file):
            try writeChatFile(file, field())
            marker = file.cache
        case .refusal(let text):
            json.member("type", "refusal" as StaticString)
            json.member("refusal", text)
        case .toolCall, .toolResult, .reasoning:
            throw ModelRequestError(.invalid, field: field(), "\(field()): such a part does not belong here")
        }
        if let marker {
            if profile.dialect.keepsCacheMarkers { marker.write(to: &json) } else { adjustCache(marker, field()) }
        }
        json.frame("}")
    }

    func imageURL(_ source: MediaSource, _ field: String) throws(ModelRequestError) -> String {
        switch source {
        case .url(let url): return url
        case .data(let mediaType, let base64): return DataURL.make(mediaType: mediaType, base64: base64)
        case .file, .text: throw unsupported(field, "images by file identifier")
        }
    }

    private mutating func writeChatFile(_ file: FilePart, _ field: String) throws(ModelRequestError) {
        if file.cites { throw unsupported(field + ".citations") }
        if case .text(let text) = file.source {
            // A text document is text to a protocol without documents.
            json.member("type", "text" as StaticString)
            json.member("text", [file.name, file.context, text].compactMap { $0 }.joined(separator: "\n\n"))
            return
        }
        try refuse(!profile.dialect.knowsFiles, field, "files")
        if file.context != nil { throw unsupported(field + ".context") }
        let data: String?
        switch file.source {
        case .data(let mediaType, let base64): data = DataURL.make(mediaType: mediaType, base64: base64)
        case .url(let url):
            try refuse(profile.dialect != .openRouter, field, "files by link")
            data = url
        case .file, .text: data = nil
        }
        json.member("type", "file" as StaticString)
        json.object("file") { json in
            if case .file(let id) = file.source { json.member("file_id", id) }
            if data != nil { json.member("filename", file.name ?? "document") }
            json.member("file_data", ifPresent: data)
        }
    }

    private mutating func writeChatAssistant(_ message: ModelMessage, at index: Int) throws(ModelRequestError) {
        openObject()
        json.member("role", "assistant" as StaticString)
        json.member("name", ifPresent: message.name)
        let shown = message.parts.filter { part in
            switch part {
            case .toolCall, .reasoning, .refusal: false
            default: true
            }
        }
        if shown.isEmpty { json.nullMember("content") } else { try writeChatContent(shown, "messages[\(index)].content") }
        for case .refusal(let text) in message.parts { json.member("refusal", text) }
        writeChatReasoning(of: message, at: index)
        let calls = message.parts.toolCalls
        if !calls.isEmpty {
            json.array("tool_calls") { json in
                for call in calls { OpenAIChatToolCall.write(call, to: &json) }
            }
        }
        json.frame("}")
    }

    private mutating func writeChatReasoning(of message: ModelMessage, at index: Int) {
        let reasoning = message.parts.reasoning
        guard !reasoning.isEmpty else { return }
        guard let name = profile.dialect.reasoningField else {
            return adjust("messages[\(index)]", "earlier reasoning is not sent; \(profile.name) takes none back")
        }
        let text = reasoning.map(\.text).joined()
        if !text.isEmpty { json.member(name, text) }
        if profile.dialect == .openRouter { OpenAIReasoningDetails.write(reasoning, to: &json) }
    }

    private mutating func writeChatResults(_ message: ModelMessage, at index: Int) throws(ModelRequestError) {
        for (position, part) in message.parts.enumerated() {
            guard case .toolResult(let result) = part else { continue }
            let field = "messages[\(index)].content[\(position)]"
            for case .image in result.content { throw unsupported(field, "images in tool results") }
            for case .file in result.content { throw unsupported(field, "files in tool results") }
            openObject()
            json.member("role", "tool" as StaticString)
            json.member("tool_call_id", result.callID)
            json.member("content", result.content.plainText)
            json.frame("}")
            if result.isError { adjust(field + ".is_error", "the text of the result tells it") }
            adjustCache(result.cache, field)
        }
    }
}

/// A tool call in chat messages.
enum OpenAIChatToolCall {
    static func write(_ call: ToolCall, to json: inout JSONBuilder) {
        json.object { json in
            json.member("id", call.id)
            json.member("type", "function" as StaticString)
            json.object("function") { json in
                json.member("name", call.name)
                json.member("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
            }
            OpenAIThoughtSignature.write(call.signature, to: &json)
        }
    }
}
