import Primitives

/// Looks for equal names in a JSON object, which decoders pass over.
enum TopLevelNames {
    /// Whether the names of the outermost object are all different.
    ///
    /// Names are compared as they are written; one that is written with escapes counts as a repetition, because it could be one.
    /// - Parameter bytes: a JSON document; for anything else the answer has no meaning.
    static func areUnique(_ bytes: Bytes) -> Bool {
        var names: Set<ArraySlice<UInt8>> = []
        var depth = 0
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let start = index + 1
                index = end(ofTextFrom: start, in: bytes)
                let name = bytes[start..<index]
                if depth == 1, isName(endingAt: index, in: bytes), name.contains(UInt8(ascii: "\\")) || !names.insert(name).inserted
                {
                    return false
                }
            default: break
            }
            index += 1
        }
        return true
    }

    /// - Returns: the place of the closing quote, or the end.
    private static func end(ofTextFrom start: Int, in bytes: Bytes) -> Int {
        var index = start
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(index, bytes.endIndex)
    }

    /// Whether a colon follows.
    private static func isName(endingAt quote: Int, in bytes: Bytes) -> Bool {
        bytes[min(quote + 1, bytes.endIndex)...].first { ![9, 10, 13, 32].contains($0) } == UInt8(ascii: ":")
    }
}
