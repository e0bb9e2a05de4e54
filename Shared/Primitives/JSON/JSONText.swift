/// What stands in a JSON string as it is (RFC 8259, section 7).
package enum JSONText {
    /// The offset of the first quote, backslash or control character, or the end of the text.
    /// - Parameters:
    ///   - start: where to begin.
    ///   - isASCII: becomes false when a byte before that is not.
    @inlinable
    package static func plainEnd(of text: UnsafeBufferPointer<UInt8>, from start: Int, isASCII: inout Bool) -> Int {
        let bytes = UnsafeRawBufferPointer(text)
        var offset = start
        var seen: UInt64 = 0
        defer { if seen & EightBytes.marks != 0 { isASCII = false } }
        while offset &+ 8 <= text.count {
            let eight = EightBytes(bytes, at: offset)
            let ends = eight.equal(to: UInt8(ascii: "\"")) | eight.equal(to: UInt8(ascii: "\\")) | eight.below(0x20)
            seen |= eight.word
            if ends != 0 { return offset &+ ends.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < text.count {
            let byte = text[offset]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            seen |= UInt64(byte)
            offset &+= 1
        }
        return offset
    }
}
