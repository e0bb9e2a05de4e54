/// Resolves the escapes of JSON strings (RFC 8259, section 7).
package enum JSONEscapes {
    /// - Parameter text: the inside of a string that a `JSONParser` has checked.
    /// - Returns: the text; half a surrogate pair becomes U+FFFD.
    package static func resolved(_ text: ArraySlice<UInt8>) -> String {
        var bytes = Bytes()
        bytes.reserveCapacity(text.count)
        var rest = text
        while let stop = rest.firstIndex(of: UInt8(ascii: "\\")) {
            bytes.append(contentsOf: rest[rest.startIndex..<stop])
            let letter = rest[stop + 1]
            var length = 2
            switch letter {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "u"):
                let (scalar, read) = scalar(rest[stop...])
                bytes.append(contentsOf: Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
                length = read
            default: bytes.append(letter)
            }
            rest = rest[(stop + length)...]
        }
        bytes.append(contentsOf: rest)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The scalar of a `\uXXXX` or of a surrogate pair of two, and how many bytes it took.
    private static func scalar(_ text: ArraySlice<UInt8>) -> (Unicode.Scalar, Int) {
        let first = unit(text, at: text.startIndex + 2)
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        let second = text.startIndex + 6
        if first < 0xDC00, text.count >= 12, text[second] == UInt8(ascii: "\\"), text[second + 1] == UInt8(ascii: "u") {
            let low = unit(text, at: second + 2)
            if 0xDC00...0xDFFF ~= low, let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (low - 0xDC00)) {
                return (scalar, 12)
            }
        }
        return ("\u{FFFD}", 6)
    }

    private static func unit(_ text: ArraySlice<UInt8>, at offset: Int) -> UInt32 {
        text[offset..<(offset + 4)].reduce(0) { value, digit in
            value << 4 | UInt32(digit < 0x3A ? digit & 15 : (digit & 15) + 9)
        }
    }
}
