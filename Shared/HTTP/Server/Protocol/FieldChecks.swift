import HTTP
import Primitives

/// The header fields that decide where a request ends and whom it addresses. Anything that two parsers could understand
/// differently is refused, since that is how requests are smuggled past a proxy (RFC 9112, sections 6.1, 6.3 and 11.2).
struct FieldChecks {
    private(set) var hasHost = false
    private(set) var expectsContinue = false
    private var contentLength: Int64?
    private var isChunked = false

    /// - Parameter value: without blanks at its start.
    /// - Throws: `Problem` 400 or 417.
    mutating func check(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws(Problem) {
        switch name.count {
        case 4 where name.equals("host"):
            guard !hasHost else { throw .malformed("duplicate-host", "the Host header field stands twice") }
            guard Self.isHost(value.withoutTrailingBlanks) else {
                throw .malformed("invalid-host", "the Host header field names no host")
            }
            hasHost = true
        case 6 where name.equals("expect"):
            guard value.withoutTrailingBlanks.equals("100-continue") else {
                throw Problem(
                    status: .expectationFailed, code: "unknown-expectation", "the only expectation that can be met is 100-continue")
            }
            expectsContinue = true
        case 14 where name.equals("content-length"):
            guard contentLength == nil else { throw .malformed("ambiguous-length", "Content-Length stands twice") }
            let digits = value.withoutTrailingBlanks
            guard 1...18 ~= digits.count, digits.allSatisfy({ 48...57 ~= $0 }) else {
                throw .malformed("invalid-content-length", "Content-Length is not a number")
            }
            contentLength = digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
        case 17 where name.equals("transfer-encoding"):
            guard !isChunked, value.withoutTrailingBlanks.equals("chunked") else {
                throw .malformed("invalid-transfer-encoding", "the only transfer coding that is accepted is chunked, once")
            }
            isChunked = true
        default: break
        }
    }

    /// - Throws: `Problem` 400 when the fields contradict each other.
    func framing(isVersion11: Bool) throws(Problem) -> RequestHead.Framing {
        if isChunked {
            guard contentLength == nil else {
                throw .malformed("ambiguous-length", "the request has both Content-Length and Transfer-Encoding")
            }
            guard isVersion11 else { throw .malformed("invalid-transfer-encoding", "HTTP/1.0 has no transfer codings") }
            return .chunked
        }
        guard let contentLength, contentLength > 0 else { return .none }
        return .length(contentLength)
    }

    /// A registered name, an IPv4 address or a bracketed IPv6 address, and a port (RFC 3986, section 3.2).
    private static func isHost(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first else { return false }
        var index = 0
        if first == UInt8(ascii: "[") {
            index = 1
            while index < text.count
                && (text[index].isHexDigit || text[index] == UInt8(ascii: ":") || text[index] == UInt8(ascii: "."))
            {
                index += 1
            }
            guard index > 1, index < text.count, text[index] == UInt8(ascii: "]") else { return false }
            index += 1
        } else {
            while index < text.count && text[index].isRegisteredName { index += 1 }
            guard index > 0 else { return false }
        }
        guard index < text.count else { return true }
        let port = text[(index + 1)...]
        return text[index] == UInt8(ascii: ":") && port.count <= 5 && port.allSatisfy { 48...57 ~= $0 }
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool { 48...57 ~= self || 65...70 ~= self || 97...102 ~= self }

    /// unreserved, pct-encoded and sub-delims of RFC 3986, section 3.2.2, without the comma, which joins repeated fields.
    fileprivate var isRegisteredName: Bool {
        switch self {
        case 48...57, 65...90, 97...122: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Compares with lower-case text, without case.
    fileprivate func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in indices {
            let byte = self[index]
            guard (65...90 ~= byte ? byte | 0x20 : byte) == text.utf8Start[index] else { return false }
        }
        return true
    }

    fileprivate var withoutTrailingBlanks: UnsafeRawBufferPointer {
        var end = count
        while end > 0 && (self[end - 1] == 32 || self[end - 1] == 9) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[..<end])
    }
}
