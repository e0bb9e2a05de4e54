/// Reads one message of a chat request.
enum OpenAIChatMessageDecoder {
    static func decode(_ node: JSONNode) throws(ModelRequestError) -> ModelMessage {
        let roleNode = try node.required("role")
        let role = try roleNode.checkedString()
        if role == "function" { throw roleNode.fault(.unsupported, "functions were replaced by tools; use the role tool") }
        guard let role = ModelMessage.Role(rawValue: role) else {
            throw roleNode.fault(.outOfRange, "the roles are: developer, system, user, assistant, tool")
        }
        var message = ModelMessage(role, [])
        try node.checkedMembers { (name, value) throws(ModelRequestError) in
            switch name {
            case "role", "content": break
            case "name" where role != .tool: message.name = try value.checkedString()
            case "tool_call_id" where role == .tool: break
            default:
                if role == .assistant {
                    try assistantField(name, value)
                } else if !value.isEmpty, name != "name" {
                    throw value.unknown()
                }
            }
        }
        switch role {
        case .assistant: message.parts = try assistant(node)
        case .tool: message.parts = [.toolResult(try result(node))]
        default: message.parts = try content(node.required("content"), role: role)
        }
        return message
    }

    /// Fields that clients send back because the answer had them are fine; what would change the prompt must be known.
    private static func assistantField(_ name: String, _ value: JSONNode) throws(ModelRequestError) {
        switch name {
        case "tool_calls", "refusal", "reasoning", "reasoning_content", "reasoning_details", "annotations": break
        // Where LiteLLM keeps the fields of an answer that it has no name for.
        case "provider_specific_fields": break
        case "audio", "function_call": throw value.fault(.unsupported, "this field is not supported")
        default: if !value.isEmpty { throw value.unknown() }
        }
    }

    private static func assistant(_ node: JSONNode) throws(ModelRequestError) -> [ContentPart] {
        var parts = OpenAIReasoningDetails.decode(node).map(ContentPart.reasoning)
        if let content = node.present("content") { parts += try self.content(content, role: .assistant) }
        if let refusal = try node.present("refusal")?.checkedString() { parts.append(.refusal(refusal)) }
        if let calls = node.present("tool_calls") {
            for call in try calls.checkedElements() { parts.append(.toolCall(try toolCall(call))) }
        }
        guard !parts.isEmpty || node.present("content") != nil else {
            throw node.fault(.missing, "an assistant message needs content or tool_calls")
        }
        return parts
    }

    private static func toolCall(_ node: JSONNode) throws(ModelRequestError) -> ToolCall {
        if let kind = node.present("type"), !kind.equals("function") {
            throw kind.fault(.unsupported, "only calls of type function are known")
        }
        let function = try node.required("function")
        return ToolCall(
            id: try node.required("id").checkedString(), name: try function.required("name").checkedString(),
            arguments: try function.required("arguments").checkedString(), signature: OpenAIThoughtSignature.read(node))
    }

    private static func result(_ node: JSONNode) throws(ModelRequestError) -> ToolResult {
        ToolResult(
            callID: try node.required("tool_call_id").checkedString(), content: try content(node.required("content"), role: .tool))
    }

    private static func content(_ node: JSONNode, role: ModelMessage.Role) throws(ModelRequestError) -> [ContentPart] {
        if let text = node.string { return text.isEmpty && role == .assistant ? [] : [.text(TextPart(text))] }
        guard node.isArray else { throw node.wrongType("a string or an array of parts") }
        var parts: [ContentPart] = []
        for element in node.elements { parts.append(try part(element, role: role)) }
        return parts
    }

    private static func part(_ node: JSONNode, role: ModelMessage.Role) throws(ModelRequestError) -> ContentPart {
        let kind = try node.required("type")
        switch try kind.checkedString() {
        case "text": return .text(TextPart(try node.required("text").checkedString(), cache: try CacheMarker.decode(node)))
        case "refusal" where role == .assistant: return .refusal(try node.required("refusal").checkedString())
        case "image_url" where role == .user: return .image(try image(node))
        case "input_audio" where role == .user:
            let audio = try node.required("input_audio")
            return .audio(
                AudioPart(base64: try audio.required("data").checkedString(), format: try audio.required("format").checkedString()))
        case "file" where role == .user: return .file(try file(node))
        default: throw kind.fault(.outOfRange, "a \(role.rawValue) message can not hold such a part")
        }
    }

    private static func image(_ node: JSONNode) throws(ModelRequestError) -> ImagePart {
        let image = try node.required("image_url")
        let url = try image.required("url").checkedString()
        let source = DataURL.parse(url).map { MediaSource.data(mediaType: $0.mediaType, base64: $0.base64) } ?? .url(url)
        return ImagePart(source, detail: try image.present("detail")?.checkedString(), cache: try CacheMarker.decode(node))
    }

    private static func file(_ node: JSONNode) throws(ModelRequestError) -> FilePart {
        let file = try node.required("file")
        let cache = try CacheMarker.decode(node)
        let name = try file.present("filename")?.checkedString()
        if let id = try file.present("file_id")?.checkedString() {
            return FilePart(source: .file(id: id), name: name, cache: cache)
        }
        let data = try file.required("file_data")
        let text = try data.checkedString()
        if let parsed = DataURL.parse(text) {
            return FilePart(source: .data(mediaType: parsed.mediaType, base64: parsed.base64), name: name, cache: cache)
        }
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            throw data.fault(.invalid, "a data: URL with base64 content is expected")
        }
        return FilePart(source: .url(text), name: name, cache: cache)
    }
}
