/// Reads messages and content blocks of Anthropic's protocol.
enum AnthropicBlockDecoder {
    /// Reads one message; tool results of a user's message become a message of the role `tool` before it.
    static func append(_ node: JSONNode, to messages: inout [ModelMessage]) throws(ModelRequestError) {
        let roleNode = try node.required("role")
        let content = try node.required("content")
        switch try roleNode.checkedString() {
        case "system": messages.append(ModelMessage(.system, try texts(content)))
        case "assistant": messages.append(ModelMessage(.assistant, try parts(content, isUser: false)))
        case "user":
            let parts = try parts(content, isUser: true)
            let results = parts.filter(\.isToolResult)
            if !results.isEmpty { messages.append(ModelMessage(.tool, results)) }
            let rest = parts.filter { !$0.isToolResult }
            if !rest.isEmpty || results.isEmpty { messages.append(ModelMessage(.user, rest)) }
        default: throw roleNode.fault(.outOfRange, "the roles are: user, assistant, system")
        }
    }

    /// A string, or a list of text blocks.
    static func texts(_ node: JSONNode) throws(ModelRequestError) -> [ContentPart] {
        if let text = node.string { return [.text(TextPart(text))] }
        guard node.isArray else { throw node.wrongType("a string or an array of blocks") }
        var parts: [ContentPart] = []
        for block in node.elements {
            let kind = try block.required("type")
            guard kind.equals("text") else { throw kind.fault(.outOfRange, "only text blocks are possible here") }
            parts.append(.text(try text(block)))
        }
        return parts
    }

    private static func parts(_ node: JSONNode, isUser: Bool) throws(ModelRequestError) -> [ContentPart] {
        if let text = node.string { return [.text(TextPart(text))] }
        guard node.isArray else { throw node.wrongType("a string or an array of blocks") }
        var parts: [ContentPart] = []
        for block in node.elements { parts.append(try part(block, isUser: isUser)) }
        return parts
    }

    private static func part(_ node: JSONNode, isUser: Bool) throws(ModelRequestError) -> ContentPart {
        let kind = try node.required("type")
        switch (try kind.checkedString(), isUser) {
        case ("text", _): return .text(try text(node))
        case ("image", true): return .image(ImagePart(try source(node), cache: try CacheMarker.decode(node)))
        case ("document", true): return .file(try document(node))
        case ("tool_result", true): return .toolResult(try result(node))
        case ("thinking", false):
            let signature = try node.present("signature")?.checkedString()
            return .reasoning(
                ReasoningPart(try node.required("thinking").checkedString(), signature: signature.flatMap { $0.isEmpty ? nil : $0 })
            )
        case ("redacted_thinking", false):
            return .reasoning(ReasoningPart("", encrypted: try node.required("data").checkedString()))
        case ("tool_use", false):
            return .toolCall(
                ToolCall(
                    id: try node.required("id").checkedString(), name: try node.required("name").checkedString(),
                    arguments: try node.required("input").checkedObject().raw.text, cache: try CacheMarker.decode(node)))
        default: throw kind.fault(.unsupported, "such a block is not supported here")
        }
    }

    private static func text(_ node: JSONNode) throws(ModelRequestError) -> TextPart {
        let citations = node.present("citations").flatMap { $0.isEmpty ? nil : $0.raw }
        return TextPart(try node.required("text").checkedString(), cache: try CacheMarker.decode(node), citations: citations)
    }

    private static func source(_ node: JSONNode) throws(ModelRequestError) -> MediaSource {
        let source = try node.required("source")
        let kind = try source.required("type")
        switch try kind.checkedString() {
        case "base64":
            return .data(
                mediaType: try source.required("media_type").checkedString(), base64: try source.required("data").checkedString())
        case "url": return .url(try source.required("url").checkedString())
        case "file": return .file(id: try source.required("file_id").checkedString())
        case "text": return .text(try source.required("data").checkedString())
        default: throw kind.fault(.unsupported, "the sources are: base64, url, file, text")
        }
    }

    private static func document(_ node: JSONNode) throws(ModelRequestError) -> FilePart {
        FilePart(
            source: try source(node), name: try node.present("title")?.checkedString(),
            context: try node.present("context")?.checkedString(),
            cites: try node.present("citations")?.present("enabled")?.checkedBool() ?? false, cache: try CacheMarker.decode(node))
    }

    private static func result(_ node: JSONNode) throws(ModelRequestError) -> ToolResult {
        var content: [ContentPart] = []
        if let blocks = node.present("content") {
            content = try parts(blocks, isUser: true)
            if content.contains(where: \.isToolResult) { throw blocks.fault(.invalid, "a result can not hold a result") }
        }
        return ToolResult(
            callID: try node.required("tool_use_id").checkedString(), content: content,
            isError: try node.present("is_error")?.checkedBool() ?? false, cache: try CacheMarker.decode(node))
    }
}

extension ContentPart {
    var isToolResult: Bool {
        if case .toolResult = self { true } else { false }
    }
}
