package import HTTP
package import Primitives
import Synchronization

/// One request to send.
package struct ClientRequest: Sendable {
    package var method: HTTPMethod
    /// Absolute, `http` or `https`.
    package var url: String
    /// `Content-Length`, `Transfer-Encoding`, `Connection` and `Expect` are the client's own business and refused here.
    package var headers: HTTPHeaders
    package var body: ClientBody
    /// The longest time from `send` to the last byte of the response, retries, redirects and waiting for a connection included.
    package var deadline: Duration
    /// The longest time the peer may move no byte while it is its turn; also the wait for the response to begin.
    package var idleTimeout: Duration
    /// The wait for the response to begin, where it is not `idleTimeout`.
    package var responseTimeout: Duration?
    /// Whether repeating the request does no harm. Follows the method; set it for a POST that carries an idempotency key.
    package var idempotent: Bool
    /// Is told when the request leaves.
    package var departure: RequestDeparture?

    /// - Parameters:
    ///   - url: absolute, `http` or `https`, without user name and password.
    ///   - body: what is sent along.
    package init(
        _ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: ClientBody = .none,
        deadline: Duration = .seconds(60), idleTimeout: Duration = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.idleTimeout = idleTimeout
        idempotent = method.isIdempotent
    }
}

/// Tells whether a request has left: of one that got no answer nobody else knows whether its peer may have seen it.
package final class RequestDeparture: Sendable {
    private let mark = Atomic(false)

    package init() {}

    /// Whether it began to go out on a connection, in any of its attempts.
    package var hasLeft: Bool { mark.load(ordering: .acquiring) }

    func leave() { mark.store(true, ordering: .releasing) }
}

/// What a request carries.
package enum ClientBody: Sendable {
    case none
    case bytes(Bytes)
    /// A part of a file; without a length, up to its end.
    case file(path: String, offset: Int64 = 0, length: Int64? = nil)
    /// Chunks asked for one after the other as fast as the peer takes them; `nil` ends the body. It is sent once: such a
    /// request is not repeated after the first chunk was asked for. Without a length it is sent chunked.
    case stream(length: Int64?, @Sendable () async throws -> Bytes?)
}
