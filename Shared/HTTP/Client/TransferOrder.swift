import HTTP
import Primitives

/// Everything one attempt needs to know.
struct TransferOrder: Sendable {
    let url: RequestURL
    let method: String
    let headers: HTTPHeaders
    let body: PreparedBody
    /// Whether libcurl may repeat the request when a kept connection turns out to be dead.
    let isRepeatable: Bool
    let deadline: ContinuousClock.Instant
    /// The whole request's limit, for the error's message.
    let deadlineLimit: Duration
    let idleTimeout: Duration
    let configuration: HTTPClientConfiguration
    /// Holds in place of `idleTimeout` until the head is there.
    var responseTimeout: Duration?
}
