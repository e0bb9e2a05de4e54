package import Primitives

/// A checked piece of JSON kept as its text. Tool schemas and arguments stay as the caller wrote them: the order of a schema's
/// properties is the order in which models answer.
package struct RawJSON: Sendable, Hashable {
    /// UTF-8 JSON text of one value.
    package let bytes: Bytes

    init(unchecked bytes: Bytes) {
        self.bytes = bytes
    }

    /// - Throws: `JSONSyntaxError` when the bytes are not one JSON value.
    package init(parsing bytes: Bytes) throws(JSONSyntaxError) {
        self.bytes = try JSONTape(parsing: bytes).bytes
    }

    /// A JSON value as text, keys sorted.
    package init(_ value: JSONValue) {
        bytes = value.serialized()
    }

    /// The text as a string.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text read again, to look inside.
    package var node: JSONNode? { try? JSONTape(parsing: bytes).root }

    /// An empty object.
    package static let emptyObject = RawJSON(unchecked: Bytes("{}".utf8))
}
