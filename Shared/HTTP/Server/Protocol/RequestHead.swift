import HTTP

/// A request without its body, checked.
struct RequestHead: Sendable {
    /// How the end of the body is found (RFC 9112, section 6.3).
    enum Framing: Sendable, Equatable {
        case none
        /// More than 0 bytes.
        case length(Int64)
        case chunked
    }

    let method: HTTPMethod
    /// In origin form, or `*`.
    let target: String
    let headers: HTTPHeaders
    let framing: Framing
    /// HTTP/1.1 or a later minor version.
    let isVersion11: Bool
    /// Whether the client wants to keep the connection.
    let keepsAlive: Bool
    let expectsContinue: Bool
}
