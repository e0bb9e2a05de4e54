import HTTP
import Primitives

/// The start of a final response.
struct ResponseHead: Sendable {
    var version: HTTPVersion
    var status: Int
    var headers: HTTPHeaders
}

/// Assembles a response's head from the header lines libcurl hands over one by one.
struct HeadParser {
    enum Step {
        case more
        /// The final response's head is complete.
        case head(ResponseHead)
        case failed(HTTPClientError)
    }

    private let limit: ByteSize
    private var received: Int64 = 0
    private var head: ResponseHead?
    private static let versionMark = Array("HTTP/".utf8)
    private var isComplete = false

    init(limit: ByteSize) {
        self.limit = limit
    }

    /// - Parameter line: one line with its line end; a status line, a field, or the empty line at the end.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
        received += Int64(line.count)
        guard received <= limit.bytes else { return .failed(.headersTooLarge(limit: limit)) }
        // After the head come trailers, which nobody asked for (RFC 9110, section 6.5.1, lets a client discard them).
        guard !isComplete else { return .more }
        let text = Self.trimmed(line[...])
        if line.starts(with: Self.versionMark) { return begin(statusLine: text) }
        guard head != nil else { return violation("a header field before the status line") }
        if text.isEmpty { return finish() }
        if let first = line.first, Self.isSpace(first) {
            // RFC 9112, section 5.2: a folded line continues the value after a space.
            head?.headers.extendLast(UnsafeRawBufferPointer(rebasing: text))
            return .more
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else {
            return violation("a header line without a name")
        }
        let value = Self.trimmed(text[text.index(after: colon)...])
        head?.headers.add(UnsafeRawBufferPointer(rebasing: text[..<colon]), UnsafeRawBufferPointer(rebasing: value))
        return .more
    }

    private mutating func begin(statusLine: Slice<UnsafeRawBufferPointer>) -> Step {
        // HTTP/1.1 200 OK: the version, a space, three digits, and the reason behind another space.
        let space = UInt8(ascii: " ")
        let version = statusLine.dropFirst(Self.versionMark.count).prefix { $0 != space }
        let rest = statusLine[version.endIndex...].drop { $0 == space }
        let digits = rest.prefix { $0 != space }
        guard let version = HTTPVersion(version), digits.count == 3,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return violation("the status line is not valid") }
        let status = digits.reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
        guard (100...599).contains(status) else { return violation("the status line is not valid") }
        head = ResponseHead(version: version, status: status, headers: [:])
        return .more
    }

    private mutating func finish() -> Step {
        guard let head else { return violation("headers without a status line") }
        if head.status < 200 {
            self.head = nil  // an interim response, RFC 9110 section 15.2
            return .more
        }
        isComplete = true
        return .head(head)
    }

    private func violation(_ detail: String) -> Step {
        .failed(.protocolViolation(detail: detail, curlCode: 0))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        func isBlank(_ byte: UInt8) -> Bool { isSpace(byte) || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else {
            return bytes[bytes.endIndex...]
        }
        return bytes[first...last]
    }
}
