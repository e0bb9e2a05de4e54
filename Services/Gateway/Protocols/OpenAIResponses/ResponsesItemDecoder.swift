/// Reads the items of a response's input.
enum ResponsesItemDecoder {
    /// Reads one item; what the model said in several items in a row is one message.
    static func append(_ node: JSONNode, to messages: inout [ModelMessage]) throws(ModelRequestError) {
        let kind = try node.present("type")?.checkedString() ?? "message"
        switch kind {
        case "message": try appendMessage(node, to: &messages)
        case "function_call":
            let call = ToolCall(
                id: try node.required("call_id").checkedString(), name: try node.required("name").checkedString(),
                arguments: try node.required("arguments").checkedString())
            append([.toolCall(call)], .assistant, to: &messages)
        case "function_call_output":
            let output = try node.required("output")
            let result = ToolResult(
                callID: try node.required("call_id").checkedString(), content: try content(output, role: .user))
            append([.toolResult(result)], .tool, to: &messages)
        case "reasoning": append([.reasoning(try reasoning(node))], .assistant, to: &messages)
        default: throw node.fault(.unsupported, "items of type \(kind) are not supported")
        }
    }

    private static func append(_ parts: [ContentPart], _ role: ModelMessage.Role, to messages: inout [ModelMessage]) {
        if messages.last?.role == role, role == .assistant || role == .tool {
            messages[messages.count - 1].parts += parts
        } else {
            messages.append(ModelMessage(role, parts))
        }
    }

    private static func appendMessage(_ node: JSONNode, to messages: inout [ModelMessage]) throws(ModelRequestError) {
        let roleNode = try node.required("role")
        guard let role = ModelMessage.Role(rawValue: try roleNode.checkedString()), role != .tool else {
            throw roleNode.fault(.outOfRange, "the roles are: user, assistant, system, developer")
        }
        append(try content(node.required("content"), role: role), role, to: &messages)
    }

    private static func content(_ node: JSONNode, role: ModelMessage.Role) throws(ModelRequestError) -> [ContentPart] {
        if let text = node.string { return [.text(TextPart(text))] }
        guard node.isArray else { throw node.wrongType("a string or an array of parts") }
        var parts: [ContentPart] = []
        for element in node.elements { parts.append(try part(element, role: role)) }
        return parts
    }

    private static func part(_ node: JSONNode, role: ModelMessage.Role) throws(ModelRequestError) -> ContentPart {
        let kind = try node.required("type")
        switch try kind.checkedString() {
        case "input_text", "output_text", "text": return .text(TextPart(try node.required("text").checkedString()))
        case "refusal" where role == .assistant: return .refusal(try node.required("refusal").checkedString())
        case "input_image" where role == .user:
            let detail = try node.present("detail")?.checkedString()
            if let id = try node.present("file_id")?.checkedString() { return .image(ImagePart(.file(id: id), detail: detail)) }
            let url = try node.required("image_url").checkedString()
            let source = DataURL.parse(url).map { MediaSource.data(mediaType: $0.mediaType, base64: $0.base64) } ?? .url(url)
            return .image(ImagePart(source, detail: detail))
        case "input_file" where role == .user: return .file(try file(node))
        default: throw kind.fault(.unsupported, "a \(role.rawValue) message can not hold such a part")
        }
    }

    private static func file(_ node: JSONNode) throws(ModelRequestError) -> FilePart {
        let name = try node.present("filename")?.checkedString()
        if let id = try node.present("file_id")?.checkedString() { return FilePart(source: .file(id: id), name: name) }
        if let url = try node.present("file_url")?.checkedString() { return FilePart(source: .url(url), name: name) }
        let data = try node.required("file_data")
        guard let parsed = DataURL.parse(try data.checkedString()) else {
            throw data.fault(.invalid, "a data: URL with base64 content is expected")
        }
        return FilePart(source: .data(mediaType: parsed.mediaType, base64: parsed.base64), name: name)
    }

    /// Proofs travel in `encrypted_content`; whose they are tells whether they sign the text or hold it.
    private static func reasoning(_ node: JSONNode) throws(ModelRequestError) -> ReasoningPart {
        let texts = (node.present("summary")?.elements ?? []) + (node.present("content")?.elements ?? [])
        let text = texts.compactMap { $0["text"]?.string }.joined(separator: "\n\n")
        var part = ReasoningPart(text, id: try node.present("id")?.checkedString())
        guard let proof = try node.present("encrypted_content")?.checkedString() else { return part }
        let signs = ProofOrigin.gemini.unmark(proof) != nil || (!text.isEmpty && ProofOrigin.openAI.unmark(proof) == nil)
        if signs { part.signature = proof } else { part.encrypted = proof }
        return part
    }
}
