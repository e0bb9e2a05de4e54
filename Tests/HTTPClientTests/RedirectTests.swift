import HTTP
import Primitives
import Testing

@testable import HTTPClient

@Suite(.bothCarriers) struct RedirectTests {
    private func redirect(_ status: Int, to location: String) -> String {
        response("\(status) Moved", "elsewhere", headers: "Location: \(location)\r\n")
    }

    @Test(arguments: [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"), (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"), (302, "DELETE", "DELETE"), (307, "POST", "POST"), (308, "PUT", "PUT"),
    ])
    func followsWithTheRightMethod(status: Int, method: String, expected: String) async throws {
        let server = try ScriptedServer.answering { request in
            if request.path != "/start" { return response("200 OK") }
            return "HTTP/1.1 \(status) Moved\r\nLocation: target?a=b#part\r\nContent-Length: 0\r\n\r\n"
        }
        defer { server.stop() }
        let carriesBody = method != "HEAD" && method != "DELETE"
        let client = HTTPClient(configuration: .loopback)
        let answer = try await client.send(
            ClientRequest(
                HTTPMethod(rawValue: method), server.url + "/start", headers: ["Content-Type": "text/plain", "X-Kept": "yes"],
                body: carriesBody ? .bytes(Bytes("body".utf8)) : .none))
        #expect(answer.status.rawValue == 200)
        #expect(answer.effectiveURL == server.url + "/target?a=b")
        let last = try #require(server.seen.last)
        #expect(last.method == expected)
        #expect(last.path == "/target?a=b")
        #expect(last.headers["x-kept"] == "yes")
        #expect(last.headers["content-length"] == (carriesBody && expected == method ? "4" : nil))
        #expect((last.headers["content-type"] != nil) == (expected == method))
        #expect(server.connectionCount == 1)
    }

    @Test func keepsCredentialsWithinTheOriginOnly() async throws {
        let other = try ScriptedServer.answering { _ in response("200 OK", "other") }
        let server = try ScriptedServer.answering { [self] request in
            request.path == "/start" ? redirect(302, to: "/next") : redirect(302, to: other.url + "/away")
        }
        defer {
            server.stop()
            other.stop()
        }
        let secrets: HTTPHeaders = ["Authorization": "Bearer s", "Cookie": "s=1", "X-API-Key": "s", "Accept": "text/plain"]
        let client = HTTPClient(configuration: .loopback)
        #expect(try await client.send(ClientRequest(.get, server.url + "/start", headers: secrets)).text() == "other")
        #expect(server.seen[1].headers["authorization"] == "Bearer s")
        #expect(server.seen[1].headers["cookie"] == "s=1")
        let away = try #require(other.seen.first)
        #expect(away.headers["authorization"] == nil)
        #expect(away.headers["cookie"] == nil)
        #expect(away.headers["x-api-key"] == nil)
        #expect(away.headers["accept"] == "text/plain")
    }

    @Test(arguments: ["http://localhost:PORT/", "http://127.0.0.2:PORT/", "//[::1]:PORT/", "http://2130706434:PORT/"])
    func checksTheAddressOfEveryHop(location: String) async throws {
        let inner = try ScriptedServer(host: "127.0.0.2") { _ in }
        let server = try ScriptedServer.answering { [self] _ in
            redirect(302, to: location.replacing("PORT", with: "\(inner.port)"))
        }
        defer {
            server.stop()
            inner.stop()
        }
        let client = HTTPClient(configuration: .patient)
        let error = await failure { _ = try await client.send(ClientRequest(.get, server.url)) }
        #expect(error?.code == "refused-address", "\(String(describing: error))")
        #expect(inner.connectionCount == 0)
        #expect(server.seen.count == 1)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:secret@127.0.0.1/", "http://"])
    func refusesOtherTargets(location: String) async throws {
        let server = try ScriptedServer.answering { [self] _ in redirect(302, to: location) }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, server.url)) }
        #expect(error?.code == "refused-redirect", "\(String(describing: error))")
    }

    @Test func limitsTheCount() async throws {
        let server = try ScriptedServer.answering { [self] request in redirect(302, to: request.path + "x") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, server.url + "/")) }
        #expect(error == .tooManyRedirects(limit: 5))
        #expect(server.seen.count == 6)
    }

    @Test func handsRedirectsOverWhenToldNotToFollow() async throws {
        let server = try ScriptedServer.answering { [self] _ in redirect(302, to: "/next") }
        defer { server.stop() }
        var configuration = HTTPClientConfiguration.loopback
        configuration.followRedirects = 0
        let client = HTTPClient(configuration: configuration)
        let answer = try await client.send(ClientRequest(.get, server.url))
        #expect(answer.status.rawValue == 302)
        #expect(try await answer.text() == "elsewhere")
    }

    @Test func doesNotRepeatAStream() async throws {
        let server = try ScriptedServer.answering { [self] _ in redirect(307, to: "/next") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let given = Counter()
        let body = ClientBody.stream(length: 1) {
            given.increment()
            return given.value == 1 ? [1] : nil
        }
        let error = await failure { _ = try await client.send(ClientRequest(.post, server.url, body: body)) }
        #expect(error?.code == "refused-redirect", "\(String(describing: error))")
    }

    @Test func doesNotLeaveTLS() throws {
        let hop = Hop(url: try RequestURL("https://a.example/x"), method: .get, headers: [:], body: .none)
        let head = ResponseHead(version: .http11, status: 302, headers: ["Location": "http://a.example/y"])
        #expect(throws: HTTPClientError.self) { try hop.redirected(by: head) }
    }
}
