import Primitives

/// Tools as OpenAI's models see them: a TypeScript namespace with a type for each function. OpenAI does not document it; the
/// form was found by asking models for it (github.com/hmarr/openai-chat-tokens), and gives the counts of OpenAI's own example
/// (the cookbook's "How to count tokens with tiktoken", section 7: 105 for GPT-4, 101 for GPT-4o).
struct ToolDeclaration {
    private(set) var text = "namespace functions {\n\n"

    init(_ tools: [ChatShape.Tool]) {
        for tool in tools {
            if let description = tool.description, !description.isEmpty { text += "// \(description)\n" }
            if tool.schema["properties"]?.objectValue?.isEmpty ?? true {
                text += "type \(tool.name) = () => any;\n\n"
            } else {
                text += "type \(tool.name) = (_: {\n"
                appendProperties(of: tool.schema, indent: 0)
                text += "}) => any;\n\n"
            }
        }
        text += "} // namespace functions"
    }

    private mutating func appendProperties(of schema: JSONValue, indent: Int) {
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        let margin = String(repeating: " ", count: indent)
        for (name, property) in (schema["properties"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let description = property["description"]?.stringValue, indent < Self.deepestDescription {
                text += "\(margin)// \(description)\n"
            }
            text += "\(margin)\(name)\(required.contains(name) ? "" : "?"): "
            appendType(of: property, indent: indent)
            text += ",\n"
        }
    }

    /// Properties further inside are shown without their descriptions, two spaces for each level.
    private static let deepestDescription = 4
    /// A schema that goes deeper is cut off, as any.
    private static let deepest = 64

    private mutating func appendType(of schema: JSONValue, indent: Int) {
        if indent > Self.deepest {
            text += "any"
        } else if let choices = schema["anyOf"]?.arrayValue ?? schema["oneOf"]?.arrayValue, !choices.isEmpty {
            for (place, choice) in choices.enumerated() {
                if place > 0 { text += " | " }
                appendType(of: choice, indent: indent + 2)
            }
        } else if let values = schema["enum"]?.arrayValue, !values.isEmpty {
            text += values.map { String(decoding: $0.serialized(), as: UTF8.self) }.joined(separator: " | ")
        } else {
            appendPlainType(of: schema, indent: indent)
        }
    }

    private mutating func appendPlainType(of schema: JSONValue, indent: Int) {
        switch schema["type"]?.stringValue {
        case "string": text += "string"
        case "integer", "number": text += "number"
        case "boolean": text += "boolean"
        case "null": text += "null"
        case "array":
            if let items = schema["items"] { appendType(of: items, indent: indent + 2) } else { text += "any" }
            text += "[]"
        case "object":
            text += "{\n"
            appendProperties(of: schema, indent: indent + 2)
            text += String(repeating: " ", count: indent) + "}"
        default: text += "any"
        }
    }
}
