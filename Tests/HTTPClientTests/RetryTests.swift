import HTTP
import Primitives
import TestSupport
import Testing

@testable import HTTPClient

/// Which attempts are repeated, and how often.
@Suite(.bothCarriers) struct RetryTests {
    /// Fails the first requests, then answers.
    private func server(failing count: Int, with answer: String) throws -> ScriptedServer {
        let attempts = Counter()
        return try ScriptedServer.answering { _ in
            attempts.increment()
            return attempts.value <= count ? answer : response("200 OK", "at last")
        }
    }

    @Test(arguments: ["429 Too Many Requests", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
    func repeatsIdempotentRequests(status: String) async throws {
        let server = try server(failing: 2, with: response(status, "busy", headers: "Retry-After: 0\r\n"))
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        #expect(try await client.send(ClientRequest(.get, server.url)).text() == "at last")
        #expect(server.seen.count == 3)
        #expect(server.connectionCount == 1, "the small answers in between keep the connection")
    }

    @Test func handsOverTheLastAnswer() async throws {
        let server = try server(failing: 100, with: response("503 Service Unavailable", "busy"))
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        let answer = try await client.send(ClientRequest(.put, server.url, body: .bytes([1, 2, 3])))
        #expect(answer.status.rawValue == 503)
        #expect(try await answer.text() == "busy")
        #expect(server.seen.count == 3)
        #expect(server.seen.allSatisfy { $0.headers["content-length"] == "3" })
    }

    @Test(arguments: [false, true]) func repeatsAPostOnlyWhenToldItIsSafe(isSafe: Bool) async throws {
        let server = try server(failing: 1, with: response("503 Service Unavailable"))
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        var request = ClientRequest(.post, server.url, body: .bytes([1]))
        if isSafe { request.idempotent = true }
        #expect(try await client.send(request).status.rawValue == (isSafe ? 200 : 503))
        #expect(server.seen.count == (isSafe ? 2 : 1))
    }

    @Test(arguments: ["400 Bad Request", "404 Not Found", "500 Internal Server Error", "507 Insufficient Storage"])
    func leavesOtherAnswersAlone(status: String) async throws {
        let server = try server(failing: 100, with: response(status))
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        _ = try await client.send(ClientRequest(.get, server.url))
        #expect(server.seen.count == 1)
    }

    @Test(arguments: [HTTPMethod.get, .post]) func repeatsFailedConnectsForEveryMethod(method: HTTPMethod) async throws {
        let port = try ReservedPort()
        var configuration = HTTPClientConfiguration.patient
        configuration.circuitBreaker = CircuitBreaker.Settings()
        let client = HTTPClient(configuration: configuration)
        let error = await failure { _ = try await client.send(ClientRequest(method, port.url)) }
        #expect(error?.code == "connect-failed", "\(String(describing: error))")
        #expect(client.circuits[port.url]?.counts.failures == 3)
    }

    @Test(arguments: [(HTTPMethod.get, 3), (.delete, 3), (.post, 1)])
    func repeatsBrokenExchangesWhenIdempotent(method: HTTPMethod, attempts: Int) async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            connection.reset()
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        let error = await failure { _ = try await client.send(ClientRequest(method, server.url)) }
        #expect(error?.code == "connection-lost", "\(String(describing: error))")
        #expect(server.seen.count == attempts)
    }

    @Test(arguments: [(HTTPMethod.get, 2), (.post, 1)])
    func aKeptConnectionThatDiesIsNoLicenceToRepeatAPost(method: HTTPMethod, requests: Int) async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write(response("200 OK", "first"))
            // The next request on this connection is read, maybe acted on, and never answered.
            _ = try connection.readRequest()
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        #expect(try await client.send(ClientRequest(.get, server.url)).text() == "first")
        let error = await failure { _ = try await client.send(ClientRequest(method, server.url + "/second")) }
        #expect(error?.code == (method == .post ? "connection-lost" : nil), "\(String(describing: error))")
        #expect(server.seen.count { $0.path == "/second" } == requests)
    }

    @Test func aConnectionThatWasClosedAfterItsAnswerTakesNoOtherRequest() async throws {
        let closed = try Gate()
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write(response("200 OK", "first"))
            connection.endWithReceipt()
            closed.open()
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        #expect(try await client.send(ClientRequest(.get, server.url)).text() == "first")
        // The thread stands still: an event loop is not told of the end before it sends the next request.
        closed.wait()
        #expect(try await client.send(ClientRequest(.post, server.url + "/second")).text() == "first")
        #expect(server.connectionCount == 2 && server.seen.count { $0.path == "/second" } == 1)
    }

    @Test func neverRepeatsAfterBytesWereHandedOn() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        let answer = try await client.send(ClientRequest(.get, server.url))
        var read = ""
        let error = await failure { for try await chunk in answer.body { read += String(decoding: chunk, as: UTF8.self) } }
        #expect(read == "half")
        #expect(error?.code == "connection-lost", "\(String(describing: error))")
        #expect(server.seen.count == 1)
    }

    @Test func aStreamIsSentOnce() async throws {
        let server = try ScriptedServer.answering { _ in response("503 Service Unavailable") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        let given = Counter()
        let body = ClientBody.stream(length: nil) {
            given.increment()
            return given.value == 1 ? [1] : nil
        }
        #expect(try await client.send(ClientRequest(.put, server.url, body: body)).status.rawValue == 503)
        #expect(server.seen.count == 1)
    }

    @Test func anUntouchedStreamSurvivesAFailedConnect() async throws {
        let port = try ReservedPort()
        var configuration = HTTPClientConfiguration.patient
        configuration.circuitBreaker = CircuitBreaker.Settings()
        let client = HTTPClient(configuration: configuration)
        let request = ClientRequest(.post, port.url, body: .stream(length: 1) { [1] })
        #expect(await failure { _ = try await client.send(request) }?.code == "connect-failed")
        #expect(client.circuits[port.url]?.counts.failures == 3)
    }

    @Test func returnsTheAnswerWhenRetryAfterIsBeyondTheDeadline() async throws {
        let server = try server(failing: 1, with: response("429 Too Many Requests", headers: "Retry-After: 3600\r\n"))
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        #expect(try await client.send(ClientRequest(.get, server.url)).status.rawValue == 429)
        #expect(server.seen.count == 1)
    }

    @Test(arguments: [("2", 2.0), ("0", 0), ("Fri, 21 Nov 2025 05:00:30 GMT", 30), ("Fri, 21 Nov 2025 04:00:00 GMT", 0)])
    func waitsAsLongAsTheServerAsks(value: String, seconds: Double) throws {
        let now = try #require(Timestamp(iso8601: "2025-11-21T05:00:00.000Z"))
        #expect(RetryRule.retryAfter(value, now: now)?.seconds == seconds)
        let head = ResponseHead(version: .http11, status: 503, headers: ["Retry-After": "7"])
        let rule = RetryRule(policy: RetryPolicy(maximumAttempts: 2, base: .milliseconds(1)), isIdempotent: true)
        #expect(rule.wait(after: .success(head), attempt: 1, isReplayable: true, remaining: .seconds(60)) == .seconds(7))
        #expect(rule.wait(after: .success(head), attempt: 1, isReplayable: true, remaining: .seconds(6)) == nil)
        #expect(rule.wait(after: .success(head), attempt: 2, isReplayable: true, remaining: .seconds(60)) == nil)
    }

    @Test(arguments: [
        "-1", "soon", "", "Fri, 21 Nov 2025 05:00:30", "Fri, 99 Nov 2025 05:00:30 GMT", "Fri, 21 Xxx 2025 05:00:30 GMT",
    ])
    func ignoresMalformedRetryAfter(value: String) {
        #expect(RetryRule.retryAfter(value, now: .now()) == nil)
    }
}
