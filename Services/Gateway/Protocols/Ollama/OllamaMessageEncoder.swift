extension RequestEncoding {
    mutating func writeOllamaMessages() throws(ModelRequestError) {
        let names = try toolNames()
        json.key("messages")
        json.frame("[")
        for (index, message) in request.messages.enumerated() {
            if message.name != nil { throw unsupported("messages[\(index)].name") }
            if message.role == .tool {
                for (position, part) in message.parts.enumerated() {
                    try writeOllamaResult(part, "messages[\(index)].content[\(position)]", names)
                }
            } else {
                try writeOllamaMessage(message, index)
            }
        }
        json.frame("]")
    }

    private mutating func writeOllamaResult(
        _ part: ContentPart, _ field: @autoclosure () -> String, _ names: [String: String]
    ) throws(ModelRequestError) {
        guard case .toolResult(let result) = part else { return }
        guard let name = names[result.callID] else {
            throw ModelRequestError(
                .invalid, field: field(), "\(field()): there is no tool call with the identifier \(result.callID)")
        }
        if result.isError { adjust(field() + ".is_error", "the text of the result tells it") }
        if result.cache != nil { adjustCache(result.cache, field()) }
        let images = try ollamaImages(result.content, field())
        openObject()
        json.member("role", "tool" as StaticString)
        json.member("tool_name", name)
        json.member("content", result.content.plainText)
        write(images: images)
        json.frame("}")
    }

    private mutating func writeOllamaMessage(_ message: ModelMessage, _ index: Int) throws(ModelRequestError) {
        var texts: [String] = []
        var thinking = ""
        for (position, part) in message.parts.enumerated() {
            switch part {
            case .text(let text):
                texts.append(text.text)
                if text.cache != nil { adjustCache(text.cache, "messages[\(index)].content[\(position)]") }
            case .refusal(let text): texts.append(text)
            case .reasoning(let reasoning): thinking += reasoning.text
            default: break
            }
        }
        let images = try ollamaImages(message.parts, "messages[\(index)].content")
        openObject()
        json.member("role", message.role == .developer ? "system" : message.role.rawValue)
        // Parts are paragraphs where the protocol has one text.
        json.member("content", texts.joined(separator: "\n\n"))
        if !thinking.isEmpty { json.member("thinking", thinking) }
        write(images: images)
        let calls = message.parts.toolCalls
        if !calls.isEmpty {
            json.key("tool_calls")
            json.frame("[")
            for call in calls {
                guard let arguments = call.checkedArguments else {
                    let field = "messages[\(index)].tool_calls"
                    throw ModelRequestError(.invalid, field: field, "\(field): the arguments of \(call.name) are not a JSON object")
                }
                json.object { json in
                    json.object("function") { json in
                        json.member("name", call.name)
                        json.member("arguments", arguments)
                    }
                }
            }
            json.frame("]")
        }
        json.frame("}")
    }

    private mutating func write(images: [String]) {
        guard !images.isEmpty else { return }
        json.array("images") { json in
            for image in images { json.value(image) }
        }
    }

    /// The base64 texts of images; everything else but text is refused.
    private func ollamaImages(_ parts: [ContentPart], _ field: String) throws(ModelRequestError) -> [String] {
        var images: [String] = []
        for (position, part) in parts.enumerated() {
            switch part {
            case .image(let image):
                guard case .data(_, let base64) = image.source else { throw unsupported("\(field)[\(position)]", "images by link") }
                images.append(base64)
            case .audio: throw unsupported("\(field)[\(position)]", "audio")
            case .file: throw unsupported("\(field)[\(position)]", "files")
            default: break
            }
        }
        return images
    }
}
