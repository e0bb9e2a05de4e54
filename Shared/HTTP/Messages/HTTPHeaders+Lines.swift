import Glibc
import Primitives

extension HTTPHeaders {
    /// Where one field stands in `lines`.
    struct Field {
        /// With its CR LF.
        let line: Range<Int>
        let name: Range<Int>
        /// Without the blanks around it.
        let value: Range<Int>
    }

    func forEachField(_ body: (Field) -> Void) {
        lines.withUnsafeBufferPointer { bytes in
            var start = 0
            while let field = Self.field(at: start, in: bytes) {
                body(field)
                start = field.line.upperBound
            }
        }
    }

    func firstValue(_ name: String) -> Range<Int>? {
        firstLine(startingWith: name, wholeName: true).flatMap { start in
            lines.withUnsafeBufferPointer { Self.field(at: start, in: $0)?.value }
        }
    }

    /// Whether there is a field whose name begins so.
    package func containsName(startingWith prefix: String) -> Bool { firstLine(startingWith: prefix, wholeName: false) != nil }

    private func firstLine(startingWith text: String, wholeName: Bool) -> Int? {
        var text = text
        return text.withUTF8 { text in
            lines.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return nil }
                var start = 0
                // Line by line: most are told apart by where their colon is.
                while start + text.count < bytes.count {
                    if !wholeName || bytes[start + text.count] == UInt8(ascii: ":"),
                        Self.equal(bytes[start..<(start + text.count)], text)
                    {
                        return start
                    }
                    guard let end = memchr(base + start, 10, bytes.count - start) else { return nil }
                    start = UnsafeRawPointer(end) - UnsafeRawPointer(base) + 1
                }
                return nil
            }
        }
    }

    /// Looks through the lines once for all names.
    func hasLine(namedAnyOf names: [StaticString]) -> Bool {
        lines.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            var start = 0
            while start < bytes.count {
                for name in names where start + name.utf8CodeUnitCount < bytes.count {
                    let end = start + name.utf8CodeUnitCount
                    let text = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
                    if bytes[end] == UInt8(ascii: ":"), Self.equal(bytes[start..<end], text) { return true }
                }
                guard let end = memchr(base + start, 10, bytes.count - start) else { return false }
                start = UnsafeRawPointer(end) - UnsafeRawPointer(base) + 1
            }
            return false
        }
    }

    func matches(_ range: Range<Int>, _ name: String) -> Bool {
        lines.withUnsafeBufferPointer { Self.equal($0[range], name) }
    }

    private static func field(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Field? {
        guard start < bytes.count else { return nil }
        var colon = start
        while colon < bytes.count && bytes[colon] != UInt8(ascii: ":") { colon += 1 }
        var end = colon
        while end < bytes.count && bytes[end] != 10 { end += 1 }
        let next = Swift.min(end + 1, bytes.count)
        var (first, last) = (Swift.min(colon + 1, end), end)
        while last > first && (bytes[last - 1].isBlank || bytes[last - 1] == 13) { last -= 1 }
        while first < last && bytes[first].isBlank { first += 1 }
        return Field(line: start..<next, name: start..<colon, value: first..<last)
    }

    private static func equal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ name: String) -> Bool {
        var name = name
        return name.withUTF8 { equal(bytes, $0) }
    }

    private static func equal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == bytes.count else { return false }
        for index in text.indices where bytes[bytes.startIndex + index].lowercased != text[index].lowercased { return false }
        return true
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether all bytes may stand in a field value, tabs left aside.
    var isPlainText: Bool {
        let bytes = UnsafeRawBufferPointer(self)
        var (offset, hits) = (0, UInt64(0))
        while offset &+ 8 <= count {
            let eight = EightBytes(bytes, at: offset)
            hits |= eight.below(0x20) | eight.equal(to: 0x7F)
            offset &+= 8
        }
        var isPlain = hits == 0
        while offset < count {
            isPlain = isPlain && self[offset].isFieldContent
            offset &+= 1
        }
        return isPlain
    }
}

extension UInt8 {
    var isBlank: Bool { self == 32 || self == 9 }

    var lowercased: UInt8 { 65 <= self && self <= 90 ? self | 0x20 : self }

    /// tchar of RFC 9110, section 5.6.2.
    package var isToken: Bool {
        guard self < 128 else { return false }
        // A bit for each of the first 64 characters, and for those behind them: letters, digits and !#$%&'*+-.^_`|~
        let bits: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return bits >> UInt64(self & 63) & 1 == 1
    }

    /// What a field value may hold (RFC 9110, section 5.5): no control characters but the tab.
    package var isFieldContent: Bool { self >= 32 && self != 127 || self == 9 }
}

extension StringProtocol where SubSequence == Substring {
    /// Without spaces and tabs at both ends.
    package func trimmingBlanks() -> Substring {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = self.drop(while: blank)
        while let last = text.last, blank(last) { text.removeLast() }
        return text
    }
}
