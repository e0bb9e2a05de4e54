extension RequestEncoding {
    /// Writes `system` and `messages`: system messages at the start become the former; tool results join the user's message
    /// after them, which is where the protocol has them.
    mutating func writeAnthropicMessages() throws(ModelRequestError) {
        let lead = request.messages.prefix { $0.role == .system || $0.role == .developer }
        if !lead.isEmpty { try writeAnthropicSystem(lead.flatMap(\.parts)) }
        json.key("messages")
        json.frame("[")
        var index = lead.count
        while index < request.messages.count {
            let message = request.messages[index]
            if message.name != nil { throw unsupported("messages[\(index)].name") }
            guard message.role != .assistant || message.parts.contains(where: Self.isSent) else {
                // The API refuses messages without content.
                adjust("messages[\(index)]", "an answer of which nothing can be sent back is left out")
                index += 1
                continue
            }
            openObject()
            switch message.role {
            case .system, .developer:
                json.member("role", "system" as StaticString)
                try writeBlocks(message.parts, index)
            case .assistant:
                json.member("role", "assistant" as StaticString)
                try writeBlocks(message.parts, index)
            case .user, .tool:
                json.member("role", "user" as StaticString)
                var parts = message.parts
                while message.role == .tool, index + 1 < request.messages.count, request.messages[index + 1].role == .tool {
                    index += 1
                    parts += request.messages[index].parts
                }
                if message.role == .tool, index + 1 < request.messages.count, request.messages[index + 1].role == .user {
                    index += 1
                    parts += request.messages[index].parts
                }
                try writeBlocks(parts, index)
            }
            json.frame("}")
            index += 1
        }
        json.frame("]")
    }

    /// Whether something of a part is left once foreign proofs and empty texts are gone.
    private static func isSent(_ part: ContentPart) -> Bool {
        switch part {
        case .text(let text): return !text.text.isEmpty
        case .reasoning(let reasoning):
            let reasoning = reasoning.proofs(of: .anthropic)
            return reasoning.signature != nil || reasoning.encrypted != nil
        default: return true
        }
    }

    private mutating func writeAnthropicSystem(_ parts: [ContentPart]) throws(ModelRequestError) {
        if parts.count == 1, case .text(let part) = parts[0], part.cache == nil { return json.member("system", part.text) }
        json.key("system")
        json.frame("[")
        for part in parts {
            guard case .text = part else { throw unsupported("system", "only text") }
            try writeBlock(part, "system")
        }
        json.frame("]")
    }

    private mutating func writeBlocks(_ parts: [ContentPart], _ index: Int) throws(ModelRequestError) {
        if parts.count == 1, case .text(let part) = parts[0], part.cache == nil, part.citations == nil {
            return json.member("content", part.text)
        }
        json.key("content")
        json.frame("[")
        for (position, part) in parts.enumerated() { try writeBlock(part, "messages[\(index)].content[\(position)]") }
        json.frame("]")
    }

    private mutating func writeBlock(_ part: ContentPart, _ field: @autoclosure () -> String) throws(ModelRequestError) {
        switch part {
        case .text(let text):
            // The API refuses empty text blocks.
            guard !text.text.isEmpty else { return }
            openObject()
            json.member("type", "text" as StaticString)
            json.member("text", text.text)
            json.member("citations", ifPresent: text.citations)
            text.cache?.write(to: &json)
        case .refusal(let text):
            openObject()
            json.member("type", "text" as StaticString)
            json.member("text", text)
        case .image(let image):
            openObject()
            json.member("type", "image" as StaticString)
            writeSource(image.source)
            if let detail = image.detail, detail != "auto" { adjust(field() + ".detail", "anthropic chooses the size of images") }
            image.cache?.write(to: &json)
        case .file(let file):
            openObject()
            json.member("type", "document" as StaticString)
            writeSource(file.source)
            json.member("title", ifPresent: file.name)
            json.member("context", ifPresent: file.context)
            if file.cites { json.object("citations") { $0.member("enabled", true) } }
            file.cache?.write(to: &json)
        case .audio: throw unsupported(field(), "audio")
        case .reasoning(let reasoning):
            let reasoning = reasoning.proofs(of: .anthropic)
            guard reasoning.signature != nil || reasoning.encrypted != nil else {
                return adjust(field(), "earlier reasoning without anthropic's signature is not sent")
            }
            openObject()
            AnthropicBlock.write(reasoning, to: &json)
        case .toolCall(let call):
            guard let arguments = call.checkedArguments else {
                throw ModelRequestError(.invalid, field: field(), "\(field()): the arguments of the call are not a JSON object")
            }
            openObject()
            AnthropicBlock.writeCall(call, arguments, to: &json)
            call.cache?.write(to: &json)
        case .toolResult(let result):
            openObject()
            try writeResult(result, field())
        }
        json.frame("}")
    }

    private mutating func writeResult(_ result: ToolResult, _ field: String) throws(ModelRequestError) {
        json.member("type", "tool_result" as StaticString)
        json.member("tool_use_id", result.callID)
        if result.content.count == 1, case .text(let text) = result.content[0], text.cache == nil {
            json.member("content", text.text)
        } else if !result.content.isEmpty {
            json.key("content")
            json.frame("[")
            for (index, part) in result.content.enumerated() { try writeBlock(part, "\(field).content[\(index)]") }
            json.frame("]")
        }
        if result.isError { json.member("is_error", true) }
        result.cache?.write(to: &json)
    }

    private mutating func writeSource(_ source: MediaSource) {
        json.object("source") { json in
            switch source {
            case .url(let url):
                json.member("type", "url" as StaticString)
                json.member("url", url)
            case .data(let mediaType, let base64):
                json.member("type", "base64" as StaticString)
                json.member("media_type", mediaType)
                json.member("data", base64)
            case .file(let id):
                json.member("type", "file" as StaticString)
                json.member("file_id", id)
            case .text(let text):
                json.member("type", "text" as StaticString)
                json.member("media_type", "text/plain" as StaticString)
                json.member("data", text)
            }
        }
    }
}

/// Blocks that requests and answers share; they write members into an open object.
enum AnthropicBlock {
    static func write(_ reasoning: ReasoningPart, to json: inout JSONBuilder) {
        if let data = reasoning.encrypted {
            json.member("type", "redacted_thinking" as StaticString)
            json.member("data", data)
        } else {
            json.member("type", "thinking" as StaticString)
            json.member("thinking", reasoning.text)
            json.member("signature", reasoning.signature ?? "")
        }
    }

    static func writeCall(_ call: ToolCall, _ arguments: RawJSON, to json: inout JSONBuilder) {
        json.member("type", "tool_use" as StaticString)
        json.member("id", call.id)
        json.member("name", call.name)
        json.member("input", arguments)
    }
}
