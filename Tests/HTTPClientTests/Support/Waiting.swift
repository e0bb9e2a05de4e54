import HTTP
import HTTPClient
import Primitives
import Synchronization
import TestSupport
import Testing

/// Events that a server's thread reports and a test waits for, each with a deadline.
struct Events<Element: Sendable>: Sendable {
    private let channel = BoundedChannel<Element>(capacity: 64)

    func report(_ event: Element) {
        #expect(channel.trySend(event), "more events than the test expects")
    }

    func next() async throws -> Element {
        try #require(try await withDeadline(.seconds(10)) { try await channel.next() })
    }
}

extension HTTPClientConfiguration {
    /// May reach `127.0.0.1`, tries once.
    static var loopback: HTTPClientConfiguration {
        HTTPClientConfiguration(retry: nil, circuitBreaker: nil, egress: .allowing(["127.0.0.1"]), usesEventLoops: true)
    }

    /// As `loopback`, and trusts the server's certificate.
    static func trusting(_ server: TestNginx) -> HTTPClientConfiguration {
        var configuration = loopback
        configuration.trustedCertificates = server.certificate
        return configuration
    }

    /// May reach `127.0.0.1`, tries thrice without long waits.
    static var patient: HTTPClientConfiguration {
        var configuration = loopback
        configuration.retry = RetryPolicy(maximumAttempts: 3, base: .milliseconds(1), cap: .milliseconds(5))
        return configuration
    }
}

func response(_ status: String, _ body: String = "", headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

/// The error `body` throws.
func failure(_ body: () async throws -> Void) async -> HTTPClientError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? HTTPClientError
    }
}

extension ClientResponse {
    func text() async throws(HTTPClientError) -> String {
        String(decoding: try await collect(upTo: .mib(1)), as: UTF8.self)
    }
}
