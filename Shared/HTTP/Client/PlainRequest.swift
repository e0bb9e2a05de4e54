import HTTP
import Primitives

/// A request as bytes of HTTP/1.1 (RFC 9112), head and body in one piece.
enum PlainRequest {
    /// - Returns: `nil` for an order that libcurl must carry out: encrypted, to a name that has to be looked up, or with a body
    ///   that is not at hand.
    static func address(of order: TransferOrder) -> IPAddress? {
        guard !order.url.isSecure else { return nil }
        switch order.body {
        case .none, .bytes: break
        case .file, .stream: return nil
        }
        // As libcurl, which asks nobody for this name (RFC 6761, section 6.3).
        return IPAddress(order.url.host == "localhost" ? "127.0.0.1" : order.url.host)
    }

    static func bytes(_ order: TransferOrder) -> Bytes {
        var body = Bytes()
        if case .bytes(let bytes) = order.body { body = bytes }
        var bytes = Bytes()
        bytes.reserveCapacity(body.count + order.headers.lines.count + 256)
        bytes.append(order.method, " ", order.url.target, " HTTP/1.1\r\n")
        bytes.append(contentsOf: order.headers.lines)
        if !order.headers.contains("Host") { bytes.append("Host: ", order.url.authority, "\r\n") }
        if !order.headers.contains("User-Agent") { bytes.append("User-Agent: ", order.configuration.userAgent, "\r\n") }
        if !order.headers.contains("Accept") { bytes.append("Accept: */*\r\n") }
        // RFC 9110, section 8.6: methods that are about a body say so when it is empty.
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(order.method) {
            bytes.append("Content-Length: ", String(body.count), "\r\n")
        }
        bytes.append("\r\n")
        bytes.append(contentsOf: body)
        return bytes
    }
}
