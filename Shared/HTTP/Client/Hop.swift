import HTTP
import Primitives

/// The request as it stands after the redirects so far.
struct Hop: Sendable {
    /// Whom to be is proven by these; a redirect to another origin must not carry them there.
    private static let credentials = ["Authorization", "Cookie", "Proxy-Authorization", "X-API-Key", "X-AVStudio-Principal"]
    /// They describe a body and go when it goes (RFC 9110, section 15.4).
    private static let bodyFields = [
        "Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Content-Digest", "Repr-Digest", "Digest",
    ]

    var url: RequestURL
    var method: HTTPMethod
    var headers: HTTPHeaders
    var body: PreparedBody

    /// The next request that a response asks for.
    /// - Returns: `nil` when the response is no redirect and is meant for the caller.
    /// - Throws: `.refusedRedirect` when it leads where it must not, or would need a body that is gone.
    func redirected(by head: ResponseHead) throws(HTTPClientError) -> Hop? {
        guard [301, 302, 303, 307, 308].contains(head.status), let location = head.headers["Location"] else { return nil }
        let target: RequestURL
        do {
            target = try url.resolving(location)
        } catch {
            throw .refusedRedirect("the answer redirects to a URL that can not be followed: \(error.message)")
        }
        guard target.isSecure || !url.isSecure else {
            throw .refusedRedirect("the answer redirects from a secure to an insecure URL: \(target.origin)")
        }
        var next = self
        next.url = target
        // RFC 9110, sections 15.4.2 to 15.4.4: 303 asks for a GET; after 301 and 302 a POST becomes one by long custom.
        if (head.status == 303 && method != .get && method != .head) || ([301, 302].contains(head.status) && method == .post) {
            next.method = .get
            next.body = .none
            for name in Self.bodyFields { next.headers[name] = nil }
        }
        guard next.body.isReplayable else {
            throw .refusedRedirect("the answer redirects a request whose body can be sent only once")
        }
        if target.origin != url.origin {
            for name in Self.credentials { next.headers[name] = nil }
            next.headers["Host"] = nil
        }
        return next
    }

    /// The client's own business.
    private static let ownFields = ["content-length", "transfer-encoding", "connection", "expect"].map { Bytes($0.utf8) }

    /// The header in libcurl's notation, each line ended by a NUL.
    /// - Throws: `.invalidRequest` for what is no method and for fields that are the client's own business.
    func headerLines() throws(HTTPClientError) -> Bytes {
        guard !method.rawValue.isEmpty, method.rawValue.utf8.allSatisfy(\.isToken) else {
            throw .invalidRequest("\(method.rawValue.debugDescription) is not an HTTP method")
        }
        var lines = Bytes()
        lines.reserveCapacity(headers.lines.count + 64)
        try headers.forEachField { (name, value) throws(HTTPClientError) in
            guard !name.isEmpty, !Self.ownFields.contains(where: { Self.equal(name, $0) }) else {
                let text = String(decoding: name, as: UTF8.self)
                throw .invalidRequest("the header \(text.debugDescription) is set by the client itself")
            }
            // "Name:" would remove the header from those libcurl adds; "Name;" sends it empty.
            lines.append(contentsOf: name)
            lines.append(contentsOf: value.isEmpty ? Self.empty : Self.separator)
            lines.append(contentsOf: value)
            lines.append(0)
        }
        // For a body libcurl would add the type of a form.
        if headers["Content-Type"] == nil { lines.append(contentsOf: Self.noContentType) }
        return lines
    }

    private static let empty = Bytes(";".utf8)
    private static let separator = Bytes(": ".utf8)
    private static let noContentType = Bytes("Content-Type:\0".utf8)

    private static func equal(_ name: UnsafeRawBufferPointer, _ lowercased: Bytes) -> Bool {
        name.count == lowercased.count && zip(name, lowercased).allSatisfy { $0 | 0x20 == $1 || $0 == $1 }
    }
}
