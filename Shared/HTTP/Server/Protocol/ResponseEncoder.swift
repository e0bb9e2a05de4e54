import HTTP
import Primitives

/// Writes response heads.
enum ResponseEncoder {
    /// Appends the status line, the header fields and the empty line.
    ///
    /// `Date`, `Content-Length`, `Transfer-Encoding` and `Connection` are the server's; a handler's own are left out.
    static func appendHead(status: HTTPStatus, headers: HTTPHeaders, plan: ResponsePlan, dateLine: Bytes, to bytes: inout Bytes) {
        appendStatusLine(status, to: &bytes)
        bytes.append(contentsOf: dateLine)
        appendFields(headers, to: &bytes)
        switch plan.framing {
        case .none, .untilClose: break
        case .length(let length):
            append("Content-Length: ", to: &bytes)
            append(decimal: length, to: &bytes)
            append("\r\n", to: &bytes)
        case .chunked: append("Transfer-Encoding: chunked\r\n", to: &bytes)
        }
        if !plan.keepsAlive {
            append("Connection: close\r\n", to: &bytes)
        } else if plan.announcesKeepAlive {
            append("Connection: keep-alive\r\n", to: &bytes)
        }
        append("\r\n", to: &bytes)
    }

    /// Appends the head of a response that changes the protocol (RFC 9110, section 7.8).
    static func appendUpgrade(headers: HTTPHeaders, dateLine: Bytes, to bytes: inout Bytes) {
        appendStatusLine(.switchingProtocols, to: &bytes)
        bytes.append(contentsOf: dateLine)
        appendFields(headers, to: &bytes)
        append("Connection: Upgrade\r\n\r\n", to: &bytes)
    }

    /// Appends one chunk (RFC 9112, section 7.1).
    static func appendChunk(_ data: Bytes, to bytes: inout Bytes) {
        appendChunkLine(data.count, to: &bytes)
        bytes.append(contentsOf: data)
        bytes.append(contentsOf: chunkEnd)
    }

    static func appendChunkLine(_ count: Int, to bytes: inout Bytes) {
        bytes.append(contentsOf: String(count, radix: 16).utf8)
        append("\r\n", to: &bytes)
    }

    static let chunkEnd = Bytes("\r\n".utf8)
    static let lastChunk = Bytes("0\r\n\r\n".utf8)
    static let continueResponse = Bytes("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private static func appendStatusLine(_ status: HTTPStatus, to bytes: inout Bytes) {
        if status == .ok { return append("HTTP/1.1 200 OK\r\n", to: &bytes) }
        append("HTTP/1.1 ", to: &bytes)
        append(decimal: Int64(status.rawValue), to: &bytes)
        bytes.append(32)
        bytes.append(contentsOf: status.reason.utf8)
        append("\r\n", to: &bytes)
    }

    /// The fields that are the server's own.
    private static let own: [StaticString] = ["Date", "Content-Length", "Transfer-Encoding", "Connection"]

    private static func appendFields(_ headers: HTTPHeaders, to bytes: inout Bytes) {
        var headers = headers
        if headers.contains(anyOf: own) {
            for name in own { headers.remove(name.description) }
        }
        bytes.append(contentsOf: headers.lines)
    }

    private static func append(_ text: StaticString, to bytes: inout Bytes) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func append(decimal value: Int64, to bytes: inout Bytes) {
        if value < 10 {
            bytes.append(48 + UInt8(value))
        } else {
            append(decimal: value / 10, to: &bytes)
            bytes.append(48 + UInt8(value % 10))
        }
    }
}
