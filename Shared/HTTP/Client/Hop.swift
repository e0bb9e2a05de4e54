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
    private static let ownFields = ["Content-Length", "Transfer-Encoding", "Connection", "Expect", ""]
    private static let ownLengths = ownFields.map(\.utf8.count)

    /// - Throws: `.invalidRequest` for what is no method and for fields that are the client's own business.
    func check() throws(HTTPClientError) {
        guard !method.rawValue.isEmpty, method.rawValue.utf8.allSatisfy(\.isToken) else {
            throw .invalidRequest("\(method.rawValue.debugDescription) is not an HTTP method")
        }
        // Hardly ever is a name as long as one of these.
        var isOwn = false
        headers.forEachField { name, _ in isOwn = isOwn || Self.ownLengths.contains(name.count) }
        guard isOwn else { return }
        for name in Self.ownFields where headers.contains(name) {
            throw .invalidRequest("the header \(name.debugDescription) is set by the client itself")
        }
    }
}
