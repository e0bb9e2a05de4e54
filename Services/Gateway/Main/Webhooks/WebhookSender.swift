import HTTP
import HTTPClient
import Identity
import ModelProtocols
import Primitives

/// Sends webhooks: to public addresses and hosts that the configuration names, without following redirects.
struct WebhookSender: Sendable {
    private let client: HTTPClient

    /// - Parameter hosts: those that may be in private networks.
    init(hosts: Set<String>) {
        client = HTTPClient(
            configuration: HTTPClientConfiguration(
                retry: nil, circuitBreaker: nil, egress: .allowing(hosts), sharesConnections: false, followRedirects: 0,
                userAgent: "AV-Studio-Webhooks"))
    }

    /// - Throws: `HTTPClientError` when there is no answer.
    func send(_ webhook: WebhookRequest) async throws -> WebhookAnswer {
        var headers: HTTPHeaders = [:]
        for header in webhook.headers { headers.add(header.name, header.value) }
        let request = ClientRequest(
            .post, webhook.url, headers: headers, body: .bytes(webhook.body), deadline: WebhookDispatcher.timeout,
            idleTimeout: WebhookDispatcher.timeout)
        let response = try await client.send(request)
        // The status says it all; a receiver's body is not read.
        response.body.cancel()
        return WebhookAnswer(
            status: response.status.rawValue,
            retryAfter: response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: .now()) })
    }

    func shutdown() async { await client.shutdown() }
}
