import Primitives

/// What routing needs to know of a request: what a model must be able to do, and how large the prompt may be.
package struct RequestTraits: Sendable, Hashable {
    /// Whether tools are given.
    package var usesTools = false
    /// Whether the prompt has pictures.
    package var usesImages = false
    /// Whether the prompt has recordings.
    package var usesAudio = false
    /// Whether the prompt has documents.
    package var usesFiles = false
    /// Whether the answer must fit a schema.
    package var wantsSchema = false
    /// Whether the model should think.
    package var wantsReasoning = false
    /// Bytes of UTF-8 text in messages and tools; media in base64 is not counted.
    package var textBytes = 0
}

extension ModelRequest {
    /// What routing needs to know.
    package var traits: RequestTraits {
        var traits = RequestTraits()
        traits.usesTools = !tools.isEmpty
        traits.wantsReasoning = reasoning.map { !$0.isOff } ?? false
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
            case .image: usesImages = true
            case .audio: usesAudio = true
            case .file(let file):
                usesFiles = true
                if case .text(let text) = file.source { textBytes += text.utf8.count }
            }
        }
    }

    /// Reads the traits off a request that is not decoded: its values of `type`, and the lengths of its strings.
    init(scanning root: JSONNode) {
        let tokens = root.tape.tokens
        usesTools = root.present("tools").map { !$0.isEmpty } ?? false
        wantsReasoning =
            root.present("reasoning_effort") != nil || root.present("thinking") != nil || root.present("reasoning") != nil
        for index in 1..<max(1, tokens.count) {
            let node = JSONNode(tape: root.tape, index: index)
            guard node.isString else { continue }
            if node.equals("type"), index + 1 < tokens.count { note(type: JSONNode(tape: root.tape, index: index + 1)) }
            if !node.isMedia(after: JSONNode(tape: root.tape, index: index - 1)) { textBytes += node.range.count - 2 }
        }
    }

    private mutating func note(type node: JSONNode) {
        if node.equals("image_url") || node.equals("image") || node.equals("input_image") { usesImages = true }
        if node.equals("input_audio") { usesAudio = true }
        if node.equals("file") || node.equals("document") || node.equals("input_file") { usesFiles = true }
        if node.equals("json_schema") { wantsSchema = true }
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
