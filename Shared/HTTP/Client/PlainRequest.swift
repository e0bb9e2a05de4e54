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
        return order.url.address
    }

    static func bytes(_ order: TransferOrder) -> Bytes {
        var body = Bytes()
        if case .bytes(let bytes) = order.body { body = bytes }
        var bytes = Bytes()
        bytes.reserveCapacity(body.count + order.headers.lines.count + 256)
        bytes.append(order.method)
        bytes.append(" " as StaticString)
        bytes.append(order.url.target)
        bytes.append(" HTTP/1.1\r\n" as StaticString)
        bytes.append(contentsOf: order.headers.lines)
        if !order.headers.contains("Host") { field("Host: ", order.url.authority, &bytes) }
        if !order.headers.contains("User-Agent") { field("User-Agent: ", order.configuration.userAgent, &bytes) }
        if !order.headers.contains("Accept") { bytes.append("Accept: */*\r\n" as StaticString) }
        // RFC 9110, section 8.6: methods that are about a body say so when it is empty.
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(order.method) {
            bytes.append("Content-Length: " as StaticString)
            bytes.append(decimal: Int64(body.count))
            bytes.append("\r\n" as StaticString)
        }
        bytes.append("\r\n" as StaticString)
        bytes.append(contentsOf: body)
        return bytes
    }

    private static func field(_ name: StaticString, _ value: String, _ bytes: inout Bytes) {
        bytes.append(name)
        bytes.append(value)
        bytes.append("\r\n" as StaticString)
    }
}
