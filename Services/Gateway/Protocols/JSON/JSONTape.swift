package import Primitives

/// A JSON document read once, front to back, into a flat list of tokens over the bytes as they came. Nothing is copied until a
/// value is asked for, so a message of which five fields matter costs five strings.
package final class JSONTape: Sendable {
    /// The document as it came.
    package let bytes: Bytes
    let tokens: [JSONToken]

    /// Reads and checks a whole document.
    /// - Parameter bytes: UTF-8 text under 4 GiB.
    /// - Throws: as `JSONParser.tokens(of:)`.
    package init(parsing bytes: Bytes) throws(JSONSyntaxError) {
        tokens = try JSONParser.tokens(of: bytes)
        self.bytes = bytes
    }

    /// Reads a document that may hold broken UTF-8; each broken sequence becomes U+FFFD, as the Unicode Standard (3.9) advises.
    /// - Throws: as `JSONParser.tokens(of:)`.
    package convenience init(repairing bytes: Bytes) throws(JSONSyntaxError) {
        try self.init(parsing: UTF8Repair.repaired(bytes))
    }

    /// Where the member of that name is in an object, the last one when it is there more than once; `nil` for what is no object.
    /// Walked over the tokens as they lie, since every field that is read is looked for here.
    func place(of name: StaticString, in object: Int) -> Int? {
        tokens.withUnsafeBufferPointer { tokens in
            guard tokens[object].kind == .object else { return nil }
            return bytes.withUnsafeBufferPointer { bytes in
                let (end, count) = (Int(tokens[object].next), UInt32(truncatingIfNeeded: name.utf8CodeUnitCount))
                var (found, child) = (Int?.none, object + 1)
                while child < end {
                    let token = tokens[child]
                    // Nearly all others are told apart by their length.
                    let mayBeIt =
                        switch token.kind {
                        case .escapedString: true
                        default: token.end &- token.start == count
                        }
                    if mayBeIt, token.equals(name, in: bytes) { found = child + 1 }
                    child = Int(tokens[child + 1].next)
                }
                return found
            }
        }
    }

    /// The document's only value.
    package var root: JSONNode { JSONNode(tape: self, index: 0) }
}
