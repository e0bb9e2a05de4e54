import HTTP
import Primitives
import Synchronization

/// Sends HTTP requests over HTTP/1.1 and HTTP/2, keeping and sharing connections.
///
/// One client has its own connections, and a thread or the event loops that it is called from; make one per purpose (its egress
/// policy tells the purposes apart) and share it. When the client is let go, responses under way can still be read to their ends.
package final class HTTPClient: Sendable {
    package let configuration: HTTPClientConfiguration
    private let carriers: TransferCarriers
    private let urls = URLCache()
    private let breakers: CircuitBreakers?

    package init(configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
        self.configuration = configuration
        carriers = TransferCarriers(configuration)
        breakers = configuration.circuitBreaker.map { CircuitBreakers($0) }
    }

    deinit {
        carriers.stop(.whenIdle)
    }

    /// Ends all transfers with `.shutDown`, closes the connections and waits for the thread's end.
    package func shutdown() async {
        carriers.stop(.now)
        await carriers.ended()
    }

    /// The circuit breakers by origin, for metrics and health.
    package var circuits: [String: CircuitBreaker] { breakers?.snapshot ?? [:] }

    /// Sends a request and waits for the response's head, following redirects and repeating what may be repeated.
    ///
    /// 4xx and 5xx are responses like others, handed over after the last attempt.
    /// - Throws: why there is no response. Cancelling the task ends the transfer at once.
    package func send(_ request: ClientRequest) async throws(HTTPClientError) -> ClientResponse {
        let deadline = ContinuousClock.now + request.deadline
        var headers = request.headers
        if headers["traceparent"] == nil, let trace = TraceContext.current { headers["traceparent"] = trace.child().traceparent }
        var hop = Hop(
            url: try urls.url(request.url), method: request.method, headers: headers, body: try await PreparedBody(request.body))
        var redirects = 0
        while true {
            let (transfer, head) = try await exchange(hop, request: request, deadline: deadline)
            do throws(HTTPClientError) {
                guard configuration.followRedirects > 0, let next = try hop.redirected(by: head) else {
                    return response(head, transfer)
                }
                redirects += 1
                guard redirects <= configuration.followRedirects else {
                    throw .tooManyRedirects(limit: configuration.followRedirects)
                }
                hop = next
            } catch {
                transfer.end(with: .failure(.cancelled))
                throw error
            }
            transfer.discardRest()
        }
    }

    /// Makes attempts until one is the last.
    private func exchange(
        _ hop: Hop, request: ClientRequest, deadline: ContinuousClock.Instant
    ) async throws(HTTPClientError) -> (Transfer, ResponseHead) {
        let rule = RetryRule(policy: configuration.retry, isIdempotent: hop.method == request.method ? request.idempotent : true)
        try hop.check()
        let order = TransferOrder(
            url: hop.url, method: hop.method.rawValue, headers: hop.headers, body: hop.body,
            isRepeatable: rule.isIdempotent, deadline: deadline, deadlineLimit: request.deadline, idleTimeout: request.idleTimeout,
            configuration: configuration, responseTimeout: request.responseTimeout, departure: request.departure)
        var attempt = 1
        while true {
            guard let carrier = carriers.current() else { throw .shutDown }
            let transfer = Transfer(order, carrier: carrier)
            let result = try await attemptOnce(transfer)
            let remaining = ContinuousClock.now.duration(to: deadline)
            let wait = rule.wait(after: result, attempt: attempt, isReplayable: hop.body.isReplayable, remaining: remaining)
            guard let wait else { return (transfer, try result.get()) }
            transfer.discardRest()
            do { try await Task.sleep(for: wait) } catch { throw .cancelled }
            attempt += 1
        }
    }

    /// - Throws: `.circuitOpen`, or `.cancelled` before anything was sent.
    private func attemptOnce(_ transfer: Transfer) async throws(HTTPClientError) -> Result<ResponseHead, HTTPClientError> {
        if Task.isCancelled { throw .cancelled }
        let permit = try breakers?.admit(transfer.order.url.origin)
        transfer.carrier.start(transfer)
        let result: Result<ResponseHead, HTTPClientError>
        do { result = .success(try await transfer.head()) } catch { result = .failure(error) }
        if let permit { breakers?.record(Self.verdict(on: result), of: permit, origin: transfer.order.url.origin) }
        return result
    }

    /// What an attempt says about its origin's health.
    private static func verdict(on result: Result<ResponseHead, HTTPClientError>) -> CircuitBreaker.Outcome {
        switch result {
        case .success(let head): [500, 502, 503, 504].contains(head.status) ? .failure : .success
        case .failure(let error): error.blamesOrigin ? .failure : .neutral
        }
    }

    private func response(_ head: ResponseHead, _ transfer: Transfer) -> ClientResponse {
        let (remoteAddress, openedConnection) = transfer.state.withLock { ($0.remoteAddress, $0.openedConnection) }
        return ClientResponse(
            status: HTTPStatus(rawValue: head.status), headers: head.headers, body: ResponseBodyStream(transfer),
            effectiveURL: transfer.order.url.text, remoteAddress: remoteAddress, httpVersion: head.version,
            reusedConnection: !openedConnection)
    }
}
