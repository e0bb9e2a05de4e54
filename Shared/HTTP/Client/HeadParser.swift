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
    private var last: (name: String, value: String)?
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
        if line.starts(with: Array("HTTP/".utf8)) { return begin(statusLine: text) }
        guard head != nil else { return violation("a header field before the status line") }
        if text.isEmpty { return finish() }
        if let first = line.first, Self.isSpace(first) {
            // RFC 9112, section 5.2: a folded line continues the value after a space.
            last?.value += " " + String(decoding: text, as: UTF8.self)
            return .more
        }
        flush()
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else {
            return violation("a header line without a name")
        }
        last = (
            String(decoding: text[..<colon], as: UTF8.self),
            String(decoding: Self.trimmed(text[text.index(after: colon)...]), as: UTF8.self)
        )
        return .more
    }

    private mutating func begin(statusLine: Slice<UnsafeRawBufferPointer>) -> Step {
        let parts = String(decoding: statusLine, as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, let version = HTTPVersion(rawValue: String(parts[0].dropFirst(5))), parts[1].utf8.count == 3,
            let status = Int(parts[1]), (100...599).contains(status)
        else { return violation("the status line is not valid") }
        head = ResponseHead(version: version, status: status, headers: [:])
        last = nil
        return .more
    }

    private mutating func finish() -> Step {
        flush()
        guard let head else { return violation("headers without a status line") }
        if head.status < 200 {
            self.head = nil  // an interim response, RFC 9110 section 15.2
            return .more
        }
        isComplete = true
        return .head(head)
    }

    private mutating func flush() {
        if let last { head?.headers.add(last.name, last.value) }
        last = nil
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
