package import Primitives

/// Why a request got no response, or a response no complete body.
package enum HTTPClientError: CodedError, Hashable {
    /// The request itself can not be sent: bad URL, method, header or body.
    case invalidRequest(String)
    /// The host resolves only to addresses the egress policy refuses.
    case refusedAddress(host: String, address: String)
    /// The answer redirects to where the client must not follow.
    case refusedRedirect(String)
    case tooManyRedirects(limit: Int)
    /// The origin failed too often lately; nothing was sent.
    case circuitOpen(origin: String, retryAfter: Duration)
    case nameNotResolved(host: String)
    /// No address of the host accepted a connection. `curlCode` is libcurl's `CURLcode`.
    case connectFailed(host: String, detail: String, curlCode: Int32)
    case connectTimeout(host: String, limit: Duration)
    case tlsFailed(host: String, detail: String, curlCode: Int32)
    /// The connection broke after the request began.
    case connectionLost(detail: String, curlCode: Int32)
    /// The peer does not speak HTTP as the standards ask.
    case protocolViolation(detail: String, curlCode: Int32)
    case headersTooLarge(limit: ByteSize)
    case bodyTooLarge(limit: ByteSize)
    /// The request as a whole, retries and redirects included, took longer than it may.
    case deadlineExceeded(limit: Duration)
    /// The peer moved no byte for too long.
    case idleTimeout(limit: Duration)
    /// The caller's task was cancelled, or the response was let go.
    case cancelled
    /// The source of the request body failed or broke its promised length.
    case uploadFailed(String)
    case shutDown

    package var code: String {
        switch self {
        case .invalidRequest: "invalid-request"
        case .refusedAddress: "refused-address"
        case .refusedRedirect: "refused-redirect"
        case .tooManyRedirects: "too-many-redirects"
        case .circuitOpen: "circuit-open"
        case .nameNotResolved: "name-not-resolved"
        case .connectFailed: "connect-failed"
        case .connectTimeout: "connect-timeout"
        case .tlsFailed: "tls-failed"
        case .connectionLost: "connection-lost"
        case .protocolViolation: "protocol-violation"
        case .headersTooLarge: "headers-too-large"
        case .bodyTooLarge: "body-too-large"
        case .deadlineExceeded: "deadline-exceeded"
        case .idleTimeout: "idle-timeout"
        case .cancelled: "cancelled"
        case .uploadFailed: "upload-failed"
        case .shutDown: "client-shut-down"
        }
    }

    package var message: String {
        switch self {
        case .invalidRequest(let detail): detail
        case .refusedAddress(let host, let address): "\(host) is at \(address), which this client may not reach"
        case .refusedRedirect(let detail): detail
        case .tooManyRedirects(let limit): "the answer redirected more than \(limit) times"
        case .circuitOpen(let origin, let wait): "\(origin) failed repeatedly; it is tried again in \(wait.seconds) s"
        case .nameNotResolved(let host): "the name \(host) can not be resolved"
        case .connectFailed(let host, let detail, _): "no connection to \(host): \(detail)"
        case .connectTimeout(let host, let limit): "no connection to \(host) within \(limit.seconds) s"
        case .tlsFailed(let host, let detail, _): "no secure connection to \(host): \(detail)"
        case .connectionLost(let detail, _): "the connection was lost: \(detail)"
        case .protocolViolation(let detail, _): "the peer broke the protocol: \(detail)"
        case .headersTooLarge(let limit): "the response's headers are larger than \(limit)"
        case .bodyTooLarge(let limit): "the response's body is larger than \(limit)"
        case .deadlineExceeded(let limit): "not finished within \(limit.seconds) s"
        case .idleTimeout(let limit): "the peer sent and took nothing for \(limit.seconds) s"
        case .cancelled: "the request was cancelled"
        case .uploadFailed(let detail): detail
        case .shutDown: "the HTTP client has been shut down"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .circuitOpen, .nameNotResolved, .connectFailed, .connectTimeout, .connectionLost, .deadlineExceeded, .idleTimeout: true
        case .invalidRequest, .refusedAddress, .refusedRedirect, .tooManyRedirects, .tlsFailed, .protocolViolation,
            .headersTooLarge, .bodyTooLarge, .cancelled, .uploadFailed, .shutDown:
            false
        }
    }

    /// Whether the request certainly never reached the peer, so that repeating it is safe for every method.
    var neverSent: Bool {
        switch self {
        case .nameNotResolved, .connectFailed, .connectTimeout: true
        default: false
        }
    }

    /// Whether the failure speaks against the origin rather than against the request or the caller.
    var blamesOrigin: Bool {
        switch self {
        case .nameNotResolved, .connectFailed, .connectTimeout, .tlsFailed, .connectionLost, .protocolViolation, .headersTooLarge,
            .deadlineExceeded, .idleTimeout:
            true
        default: false
        }
    }
}
