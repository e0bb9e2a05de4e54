import Primitives

/// Escapes text for JSON strings (RFC 8259, section 7): quote, backslash and control characters.
enum JSONQuoting {
    /// Writes a text with quotes around it.
    static func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout Bytes) {
        var isASCII = true
        if let base = text.baseAddress, JSONText.plainEnd(of: text, from: 0, isASCII: &isASCII) == text.count {
            bytes.append(count: text.count + 2) { room in
                room[0] = UInt8(ascii: "\"")
                (room + 1).update(from: base, count: text.count)
                room[text.count + 1] = UInt8(ascii: "\"")
            }
        } else {
            bytes.append(UInt8(ascii: "\""))
            append(text, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout Bytes) {
        var (copied, isASCII) = (0, true)
        while case let index = JSONText.plainEnd(of: text, from: copied, isASCII: &isASCII), index < text.count {
            let byte = text[index]
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
            copied = index + 1
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
            default:
                bytes.append(contentsOf: [0x75, 0x30, 0x30, 0x30 + byte >> 4, hexadecimal(byte & 15)])
            }
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }
}
