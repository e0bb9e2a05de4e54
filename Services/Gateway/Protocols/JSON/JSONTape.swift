package import Primitives

/// A JSON document read once, front to back, into a flat list of tokens over the bytes as they came. Nothing is copied until a
/// value is asked for, so a message of which five fields matter costs five strings.
package final class JSONTape: Sendable {
    /// The document as it came.
    package let bytes: Bytes
    let tokens: [JSONToken]

    /// How many arrays and objects may be inside each other; deeper documents are refused.
    package static let maximumDepth = 128

    /// Reads and checks a whole document.
    /// - Parameter bytes: UTF-8 text under 4 GiB.
    /// - Throws: `JSONSyntaxError` when it is no JSON, no valid UTF-8 or too deep.
    package init(parsing bytes: Bytes) throws(JSONSyntaxError) {
        guard bytes.count < Int(UInt32.max) else { throw JSONSyntaxError(message: "the document is too long", offset: 0) }
        let parsed: Result<[JSONToken], JSONSyntaxError> = bytes.withUnsafeBufferPointer { text in
            var parser = JSONParser(text, maximumDepth: Self.maximumDepth)
            do throws(JSONSyntaxError) {
                try parser.document()
                if parser.mayHoldNonASCII { try Self.checkEncoding(text) }
                return .success(parser.tokens)
            } catch {
                return .failure(error)
            }
        }
        tokens = try parsed.get()
        self.bytes = bytes
    }

    /// Reads a document that may hold broken UTF-8; each broken sequence becomes U+FFFD, as the Unicode Standard (3.9) advises.
    /// - Throws: `JSONSyntaxError` when it is no JSON or too deep.
    package convenience init(repairing bytes: Bytes) throws(JSONSyntaxError) {
        try self.init(parsing: UTF8Repair.repaired(bytes))
    }

    /// The document's only value.
    package var root: JSONNode { JSONNode(tape: self, index: 0) }

    private static func checkEncoding(_ text: UnsafeBufferPointer<UInt8>) throws(JSONSyntaxError) {
        guard UTF8Repair.isValid(text) else { throw JSONSyntaxError(message: "the text is not valid UTF-8", offset: 0) }
    }
}
