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
        bytes.reserveCapacity(body.count + order.headerLines.count + 256)
        func append(_ texts: String...) {
            for text in texts { bytes.append(contentsOf: text.utf8) }
        }
        append(order.method, " ", order.url.target, " HTTP/1.1\r\n")
        var (hasHost, hasAgent, hasAccept) = (false, false, false)
        for line in order.headerLines.split(separator: 0) {
            // In libcurl's notation a name alone asks for nothing, and one with a semicolon for an empty field.
            guard let end = line.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }) else { continue }
            if line[end] == UInt8(ascii: ":"), end + 1 == line.endIndex { continue }
            let name = line[..<end]
            hasHost = hasHost || name.isName("host")
            hasAgent = hasAgent || name.isName("user-agent")
            hasAccept = hasAccept || name.isName("accept")
            bytes.append(contentsOf: line[end] == UInt8(ascii: ";") ? name : line)
            append(line[end] == UInt8(ascii: ";") ? ":\r\n" : "\r\n")
        }
        if !hasHost { append("Host: ", order.url.authority, "\r\n") }
        if !hasAgent { append("User-Agent: ", order.configuration.userAgent, "\r\n") }
        if !hasAccept { append("Accept: */*\r\n") }
        // RFC 9110, section 8.6: methods that are about a body say so when it is empty.
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(order.method) {
            append("Content-Length: ", String(body.count), "\r\n")
        }
        append("\r\n")
        bytes.append(contentsOf: body)
        return bytes
    }
}

extension ArraySlice<UInt8> {
    fileprivate func isName(_ lowercased: StaticString) -> Bool {
        count == lowercased.utf8CodeUnitCount
            && lowercased.withUTF8Buffer { name in zip(self, name).allSatisfy { $0 | 0x20 == $1 } }
    }
}
