import Glibc
import Primitives

/// Percent-encoding of URIs (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// Which characters stay as they are.
    package enum Allowed: Sendable {
        /// Letters, digits, `-._~`.
        case unreserved
        /// One path segment: also the sub-delimiters, `:` and `@`.
        case segment
        /// A path: also `/`.
        case path

        func keeps(_ byte: UInt8) -> Bool {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
            case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
                UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: ":"),
                UInt8(ascii: "@"):
                self != .unreserved
            case UInt8(ascii: "/"): self == .path
            default: false
            }
        }
    }

    /// - Parameter plusIsSpace: as in form data and query strings.
    /// - Returns: `nil` when an escape is malformed or the result is not UTF-8.
    package static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
        let utf8 = text.utf8
        let whole = String(text)
        if whole.utf8Count(before: UInt8(ascii: "%")) == utf8.count, !plusIsSpace || !utf8.contains(UInt8(ascii: "+")) {
            return whole
        }
        var bytes = Bytes()
        bytes.reserveCapacity(utf8.count)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let byte = utf8[index]
            utf8.formIndex(after: &index)
            switch byte {
            case UInt8(ascii: "%"):
                guard index < utf8.endIndex, let high = hexValue(utf8[index]) else { return nil }
                utf8.formIndex(after: &index)
                guard index < utf8.endIndex, let low = hexValue(utf8[index]) else { return nil }
                utf8.formIndex(after: &index)
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(32)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Encodes every byte of the text's UTF-8 that is not allowed, with upper-case digits.
    package static func encode(_ text: String, allowed: Allowed = .unreserved) -> String {
        var bytes = Bytes()
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if allowed.keeps(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 48 + digit : 55 + digit) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}

extension String {
    /// How many bytes come before the first one of that value, or how many there are.
    package func utf8Count(before byte: UInt8) -> Int {
        var text = self
        return text.withUTF8 { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else { return bytes.count }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }
}
