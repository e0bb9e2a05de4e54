import Primitives

extension RequestEncoding {
    /// Writes `input`: messages, calls, results and reasoning are items of one list.
    mutating func writeResponsesInput() throws(ModelRequestError) {
        json.key("input")
        json.frame("[")
        for (index, message) in request.messages.enumerated() {
            if message.name != nil { throw unsupported("messages[\(index)].name") }
            switch message.role {
            case .assistant, .tool:
                for (position, part) in message.parts.enumerated() {
                    try writeResponsesItem(part, "messages[\(index)].content[\(position)]")
                }
            case .system, .developer, .user:
                openObject()
                json.member("type", "message" as StaticString)
                json.member("role", message.role.rawValue)
                try writeResponsesContent(message.parts, name: "content", "messages[\(index)].content")
                json.frame("}")
            }
        }
        json.frame("]")
    }

    private mutating func writeResponsesItem(_ part: ContentPart, _ field: String) throws(ModelRequestError) {
        switch part {
        case .text, .refusal:
            json.object { json in
                json.member("type", "message" as StaticString)
                json.member("role", "assistant" as StaticString)
                json.array("content") { json in
                    json.object { json in
                        if case .text(let text) = part {
                            json.member("type", "output_text" as StaticString)
                            json.member("text", text.text)
                        } else if case .refusal(let text) = part {
                            json.member("type", "refusal" as StaticString)
                            json.member("refusal", text)
                        }
                    }
                }
            }
        case .toolCall(let call):
            json.object { json in
                json.member("type", "function_call" as StaticString)
                json.member("call_id", call.id)
                json.member("name", call.name)
                json.member("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
            }
        case .toolResult(let result):
            openObject()
            json.member("type", "function_call_output" as StaticString)
            json.member("call_id", result.callID)
            try writeResponsesContent(result.content, name: "output", field)
            json.frame("}")
            if result.isError { adjust(field + ".is_error", "the text of the result tells it") }
            adjustCache(result.cache, field)
        case .reasoning(let reasoning):
            guard let proof = ResponsesProof.parse(reasoning.encrypted) else {
                return adjust(field, "earlier reasoning without openai's proof is not sent")
            }
            json.object { json in
                json.member("type", "reasoning" as StaticString)
                json.member("id", proof.id)
                json.array("summary") { ResponsesItem.writeSummary(reasoning.text, to: &$0) }
                json.member("encrypted_content", proof.content)
            }
        case .image, .audio, .file: throw ModelRequestError(.invalid, field: field, "\(field): such a part does not belong here")
        }
    }

    private mutating func writeResponsesContent(
        _ parts: [ContentPart], name: StaticString, _ field: @autoclosure () -> String
    ) throws(ModelRequestError) {
        if parts.count == 1, case .text(let text) = parts[0] {
            if text.cache != nil { adjustCache(text.cache, field()) }
            return json.member(name, text.text)
        }
        json.key(name)
        json.frame("[")
        for (position, part) in parts.enumerated() {
            openObject()
            try writeResponsesPart(part, "\(field())[\(position)]")
            json.frame("}")
        }
        json.frame("]")
    }

    private mutating func writeResponsesPart(_ part: ContentPart, _ field: @autoclosure () -> String) throws(ModelRequestError) {
        switch part {
        case .text(let text):
            json.member("type", "input_text" as StaticString)
            json.member("text", text.text)
            if text.cache != nil { adjustCache(text.cache, field()) }
        case .image(let image):
            json.member("type", "input_image" as StaticString)
            if case .file(let id) = image.source {
                json.member("file_id", id)
            } else {
                json.member("image_url", try imageURL(image.source, field()))
            }
            json.member("detail", image.detail ?? "auto")
            if image.cache != nil { adjustCache(image.cache, field()) }
        case .file(let file):
            if file.cites { throw unsupported(field() + ".citations") }
            if file.context != nil { throw unsupported(field() + ".context") }
            if file.cache != nil { adjustCache(file.cache, field()) }
            writeResponsesFile(file)
        case .audio: throw unsupported(field(), "audio")
        default: throw ModelRequestError(.invalid, field: field(), "\(field()): such a part does not belong here")
        }
    }

    private mutating func writeResponsesFile(_ file: FilePart) {
        if case .text(let text) = file.source {
            json.member("type", "input_text" as StaticString)
            json.member("text", [file.name, text].compactMap { $0 }.joined(separator: "\n\n"))
            return
        }
        json.member("type", "input_file" as StaticString)
        switch file.source {
        case .data(let mediaType, let base64):
            json.member("filename", file.name ?? "document")
            json.member("file_data", DataURL.make(mediaType: mediaType, base64: base64))
        case .url(let url): json.member("file_url", url)
        case .file(let id): json.member("file_id", id)
        case .text: break
        }
    }
}

/// OpenAI's proof of reasoning: the item's identifier and its encrypted content, kept together.
enum ResponsesProof {
    /// The value of `include` that asks for it: without, reasoning that nobody keeps can not go on in the next call.
    /// - Parameter include: what is asked for already; a value that is no array is left to be refused.
    static func asked(beside include: JSONNode?) -> RawJSON {
        guard let include else { return RawJSON(unchecked: Bytes(#"["reasoning.encrypted_content"]"#.utf8)) }
        guard include.isArray, !include.elements.contains(where: { $0.equals("reasoning.encrypted_content") }) else {
            return include.raw
        }
        var bytes = include.raw.bytes
        bytes.removeLast()
        bytes.append(contentsOf: (include.isEmpty ? "" : ",").utf8)
        bytes.append(contentsOf: #""reasoning.encrypted_content"]"#.utf8)
        return RawJSON(unchecked: bytes)
    }

    static func make(id: String, content: String) -> String { ProofOrigin.openAI.mark("\(id):\(content)") }

    static func parse(_ proof: String?) -> (id: String, content: String)? {
        guard let bare = ProofOrigin.openAI.unmark(proof), let colon = bare.firstIndex(of: ":") else { return nil }
        return (String(bare[..<colon]), String(bare[bare.index(after: colon)...]))
    }
}
