import Glibc
import Primitives

extension JSONToken {
    /// Whether the token is this text.
    /// - Parameter bytes: the document.
    func equals(_ text: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = Int(start)..<Int(end)
        switch kind {
        case .string:
            guard range.count == text.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
            return memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
        case .escapedString: return JSONEscapes.resolved(Bytes(bytes[range])[...]) == text.description
        default: return false
        }
    }
}
