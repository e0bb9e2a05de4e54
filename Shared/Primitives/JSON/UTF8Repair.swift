/// Checks and mends UTF-8.
package enum UTF8Repair {
    /// Whether all of it is UTF-8.
    package static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        do {
            _ = try UTF8Span(validating: text.span)
            return true
        } catch {
            return false
        }
    }

    /// The bytes with each broken sequence replaced by U+FFFD; the same bytes when all is well.
    package static func repaired(_ bytes: Bytes) -> Bytes {
        bytes.withUnsafeBufferPointer { isValid($0) } ? bytes : Bytes(String(decoding: bytes, as: UTF8.self).utf8)
    }
}
