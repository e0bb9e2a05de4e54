package import Primitives

/// A place in a YAML text.
package struct YAMLPosition: Sendable, Hashable {
    /// Counted from 1.
    package let line: Int
    /// In characters, counted from 1.
    package let column: Int

    /// Where what is wrong with a text as a whole is told.
    package static let start = YAMLPosition(line: 1, column: 1)
}

/// A YAML document with the place of every node and key, so that an error can say where it is.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// The text and whether it was quoted; quoted text is never read as a number or a flag.
        case scalar(String, quoted: Bool)
        case sequence([YAMLNode])
        /// `at` is the place of the key.
        case mapping([(key: String, value: YAMLNode, at: YAMLPosition)])
    }

    package let position: YAMLPosition
    package let content: Content

    /// Counted from 1.
    package var line: Int { position.line }

    /// The node as JSON by the YAML 1.2 core schema: null, true/false, integers, floats, else text.
    package var json: JSONValue {
        switch content {
        case .scalar(let text, quoted: true): .string(text)
        case .scalar(let text, quoted: false): Self.plain(text)
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .mapping(let members): .object(Dictionary(members.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 }))
        }
    }

    package subscript(key: String) -> YAMLNode? {
        guard case .mapping(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }

    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let integer = Int64(text) { return .integer(integer) }
        if text.first.map({ $0.isNumber || "+-.".contains($0) }) == true, let number = Double(text), number.isFinite {
            return .number(number)
        }
        return .string(text)
    }
}

/// The text is not YAML that the studio reads.
package struct YAMLError: CodedError {
    package let position: YAMLPosition
    package let problem: String
    package var line: Int { position.line }
    package var code: String { "invalid-yaml" }
    package var message: String { "line \(line): \(problem)" }
}
