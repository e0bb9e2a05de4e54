import HTTP
import Primitives

/// Everything one attempt needs to know. A class, so that it is passed on by one reference.
final class TransferOrder: Sendable {
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
    let responseTimeout: Duration?
    /// Is told when the request leaves.
    let departure: RequestDeparture?

    init(
        url: RequestURL, method: String, headers: HTTPHeaders, body: PreparedBody, isRepeatable: Bool,
        deadline: ContinuousClock.Instant, deadlineLimit: Duration, idleTimeout: Duration, configuration: HTTPClientConfiguration,
        responseTimeout: Duration? = nil, departure: RequestDeparture? = nil
    ) {
        (self.url, self.method, self.headers, self.body, self.isRepeatable) = (url, method, headers, body, isRepeatable)
        (self.deadline, self.deadlineLimit, self.idleTimeout) = (deadline, deadlineLimit, idleTimeout)
        (self.configuration, self.responseTimeout, self.departure) = (configuration, responseTimeout, departure)
    }
}
