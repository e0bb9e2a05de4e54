import HTTP
import Primitives

/// How a response is delimited and what becomes of the connection (RFC 9112, sections 6.3 and 9.3).
struct ResponsePlan: Equatable {
    enum Framing: Equatable {
        case none
        case length(Int64)
        case chunked
        case untilClose
    }

    let framing: Framing
    /// False for HEAD and for statuses that never have a body: the header speaks of a body that is not sent.
    let sendsBody: Bool
    let keepsAlive: Bool
    /// HTTP/1.0 clients are told that the connection stays; others assume it.
    let announcesKeepAlive: Bool

    /// - Parameters:
    ///   - length: bytes of the body, `nil` when its end is not known yet.
    ///   - mayKeepAlive: whether the server could serve another request on the connection.
    init(status: HTTPStatus, to head: RequestHead, length: Int64?, mayKeepAlive: Bool) {
        sendsBody = head.method != .head && !status.forbidsBody
        if status.forbidsBody {
            framing = .none
        } else if let length {
            framing = .length(length)
        } else {
            framing = head.isVersion11 ? .chunked : .untilClose
        }
        keepsAlive = mayKeepAlive && head.keepsAlive && !(framing == .untilClose && sendsBody)
        announcesKeepAlive = keepsAlive && !head.isVersion11
    }
}
