import Primitives

/// Base64 (RFC 4648, section 4) of vectors.
enum Base64 {
    private static let alphabet = Bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        var text = Bytes()
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let group = (0..<3).reduce(UInt32(0)) { $0 << 8 | (index + $1 < bytes.count ? UInt32(bytes[index + $1]) : 0) }
            let known = min(3, bytes.count - index)
            for position in 0..<4 {
                text.append(position <= known ? alphabet[Int(group >> (18 - 6 * UInt32(position))) & 63] : UInt8(ascii: "="))
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil when the text is not base64.
    static func decode(_ text: String) -> Bytes? {
        var bytes = Bytes()
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var group: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            guard byte != UInt8(ascii: "=") else { break }
            guard let digit = value(byte) else { return nil }
            group = group << 6 | digit
            count += 1
            if count == 4 {
                bytes.append(contentsOf: [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)])
                (group, count) = (0, 0)
            }
        }
        switch count {
        case 2: bytes.append(UInt8(group >> 4 & 255))
        case 3: bytes.append(contentsOf: [UInt8(group >> 10 & 255), UInt8(group >> 2 & 255)])
        case 1: return nil
        default: break
        }
        return bytes
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - 65)
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - 71)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte + 4)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
