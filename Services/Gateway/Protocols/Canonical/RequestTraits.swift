package import Primitives

/// What routing needs to know of a request: what a model must be able to do, and how large the prompt may be.
package struct RequestTraits: Sendable, Hashable {
    /// Whether tools are given.
    package var usesTools = false
    /// Pictures of the prompt, those in results of tools included.
    package var images = 0
    /// Seconds of the prompt's recordings, as many as their bytes can hold at the rates that are common for speech.
    package var audioSeconds = 0
    /// Documents of the prompt.
    package var documents = 0
    /// Bytes of those documents that came with the prompt.
    package var documentBytes = 0
    /// Whether the answer must fit a schema.
    package var wantsSchema = false
    /// Whether the model should think.
    package var wantsReasoning = false
    /// Whether the model must not think.
    package var forbidsReasoning = false
    /// Bytes of UTF-8 text in messages and tools; media in base64 is not counted.
    package var textBytes = 0

    package init() {}

    /// Whether there is more in the prompt than text.
    package var usesMedia: Bool { images > 0 || audioSeconds > 0 || documents > 0 }

    /// - Parameters:
    ///   - size: bytes of base64.
    ///   - format: `wav` or `mp3`.
    mutating func addAudio(base64 size: Int, format: String?) {
        // 8 kHz of 16 bits without compression, else 32 kbit/s: less is rare even for speech.
        let bytesPerSecond = format == "wav" ? 16_000 : 4_000
        audioSeconds += size / 4 * 3 / bytesPerSecond + 1
    }

    /// - Parameter size: bytes of base64; 0 for a document that the provider fetches.
    mutating func addDocument(base64 size: Int) {
        documents += 1
        documentBytes += size / 4 * 3
    }
}

extension ModelRequest {
    /// What routing needs to know.
    package var traits: RequestTraits {
        var traits = RequestTraits()
        traits.usesTools = !tools.isEmpty
        traits.forbidsReasoning = reasoning?.isOff ?? false
        traits.wantsReasoning = reasoning != nil && !traits.forbidsReasoning
        if case .jsonSchema(let schema) = output {
            traits.wantsSchema = true
            traits.textBytes += schema.schema.bytes.count
        }
        for tool in tools {
            traits.textBytes += tool.name.utf8.count + (tool.description?.utf8.count ?? 0) + (tool.parameters?.bytes.count ?? 0)
        }
        for message in messages { traits.add(message.parts) }
        return traits
    }
}

extension RequestTraits {
    fileprivate mutating func add(_ parts: [ContentPart]) {
        for part in parts {
            switch part {
            case .text(let text): textBytes += text.text.utf8.count
            case .refusal(let text): textBytes += text.utf8.count
            case .reasoning(let reasoning): textBytes += reasoning.text.utf8.count
            case .toolCall(let call): textBytes += call.name.utf8.count + call.arguments.utf8.count
            case .toolResult(let result): add(result.content)
            case .image: images += 1
            case .audio(let audio): addAudio(base64: audio.base64.utf8.count, format: audio.format)
            case .file(let file):
                switch file.source {
                case .text(let text): textBytes += text.utf8.count
                case .data(_, let base64): addDocument(base64: base64.utf8.count)
                case .url, .file: addDocument(base64: 0)
                }
            }
        }
    }

    /// Reads the traits off a request that is not decoded: the parts of its messages, and the lengths of its strings.
    init(scanning root: JSONNode) {
        usesTools = root.present("tools").map { !$0.isEmpty } ?? false
        let (effort, thinking, reasoning) = (root.present("reasoning_effort"), root.present("thinking"), root.present("reasoning"))
        if effort != nil || thinking != nil || reasoning != nil {
            let efforts = [effort, thinking?["type"], reasoning?["effort"]]
            forbidsReasoning = efforts.contains { $0?.equals("none") == true || $0?.equals("disabled") == true }
            wantsReasoning = !forbidsReasoning
        }
        func isSchema(_ format: JSONNode?) -> Bool { format?["type"]?.equals("json_schema") == true }
        wantsSchema =
            isSchema(root["response_format"]) || isSchema(root["text"]?["format"]) || isSchema(root["output_config"]?["format"])
        for message in (root["messages"] ?? root["input"])?.elements ?? [] { addMedia(below: message) }
        root.tape.texts { isMedia, range in if !isMedia { textBytes += range.count - 2 } }
    }

    /// Counts media in what a message, or a tool's result in it, holds.
    private mutating func addMedia(below node: JSONNode) {
        for parts in [node["content"], node["output"]] {
            for part in parts?.elements ?? [] { addMedia(in: part) }
        }
    }

    private mutating func addMedia(in part: JSONNode) {
        guard let kind = part["type"] else { return }
        if kind.equals("image_url") || kind.equals("image") || kind.equals("input_image") {
            images += 1
        } else if kind.equals("input_audio") {
            let audio = part["input_audio"]
            addAudio(base64: audio?["data"]?.range.count ?? 0, format: audio?["format"]?.string)
        } else if kind.equals("file") || kind.equals("input_file") {
            addDocument(base64: ((part["file"] ?? part)["file_data"])?.range.count ?? 0)
        } else if kind.equals("document") {
            let source = part["source"]
            // A document of plain text is counted with the texts.
            if source?["type"]?.equals("text") != true { addDocument(base64: source?["data"]?.range.count ?? 0) }
        } else {
            addMedia(below: part)
        }
    }
}

extension JSONTape {
    /// Every string of the document, names of members included, with its place and whether it is media in base64.
    func texts(_ each: (_ isMedia: Bool, _ range: Range<Int>) -> Void) {
        for index in 1..<max(1, tokens.count) {
            let node = JSONNode(tape: self, index: index)
            if node.isString { each(node.isMedia(after: JSONNode(tape: self, index: index - 1)), node.range) }
        }
    }

    /// The document with nothing in the strings that are media in base64: what of it has tokens of text.
    package var withoutMedia: Bytes {
        var edits: [JSONEdit] = []
        texts { isMedia, range in if isMedia { edits.append(JSONEdit(range: range, text: Bytes("\"\"".utf8))) } }
        return JSONEdit.apply(edits, to: bytes)
    }
}

extension JSONNode {
    /// Whether a string is media in base64.
    /// - Parameter name: the value before it, which is its name in an object.
    fileprivate func isMedia(after name: JSONNode) -> Bool {
        guard range.count > 64 else { return false }
        if name.equals("data") { return true }
        return tape.bytes[Int(token.start)...].starts(with: "data:".utf8)
    }
}
