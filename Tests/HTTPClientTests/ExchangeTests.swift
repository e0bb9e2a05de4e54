import Glibc
import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// Plain requests, responses and connections.
@Suite(.bothCarriers) struct ExchangeTests {
    @Test func sendsARequestAndReadsTheResponse() async throws {
        let server = try ScriptedServer.answering { request in
            response(
                "201 Created", "\(request.method) \(request.path) \(request.headers["x-mark"] ?? "")",
                headers: "X-Two: a\r\nX-Two: b\r\n")
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let answer = try await client.send(ClientRequest(.post, server.url + "/a?b=c", headers: ["X-Mark": "here"]))
        #expect(answer.status.rawValue == 201)
        #expect(answer.headers.all("x-two") == ["a", "b"])
        #expect(answer.httpVersion == .http11)
        #expect(answer.remoteAddress == "127.0.0.1")
        #expect(answer.effectiveURL == server.url + "/a?b=c")
        #expect(try await answer.text() == "POST /a?b=c here")
        #expect(server.seen[0].headers["content-length"] == "0")
    }

    @Test func keepsTheConnection() async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK", "ok") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        for round in 0..<5 {
            let answer = try await client.send(ClientRequest(.get, server.url))
            #expect(answer.reusedConnection == (round > 0))
            #expect(try await answer.text() == "ok")
        }
        #expect(server.connectionCount == 1)
    }

    @Test func limitsConnectionsPerHost() async throws {
        let served = Presence()
        let server = try ScriptedServer.answering { _ in
            served.during {
                usleep(2000)
                return response("200 OK", "ok")
            }
        }
        defer { server.stop() }
        var configuration = HTTPClientConfiguration.loopback
        configuration.maximumConnectionsPerHost = 2
        let client = HTTPClient(configuration: configuration)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await client.send(ClientRequest(.get, server.url)).text() } }
            for try await text in group { #expect(text == "ok") }
        }
        #expect((1...2).contains(served.most))
    }

    @Test func readsChunkedAndInterimResponses() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write(
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for word in ["one", "two", "three"] { try connection.write("\(word.utf8.count)\r\n\(word)\r\n") }
            try connection.write("0\r\nX-Trailer: t\r\n\r\n")
            _ = connection.waitForClose()
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let answer = try await client.send(ClientRequest(.get, server.url))
        #expect(answer.headers["Link"] == nil)
        #expect(try await answer.text() == "onetwothree")
    }

    @Test(arguments: ["HEAD", "GET"]) func readsResponsesWithoutBody(method: String) async throws {
        let server = try ScriptedServer.answering { request in
            request.method == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" : "HTTP/1.1 204 No Content\r\n\r\n"
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let answer = try await client.send(ClientRequest(HTTPMethod(rawValue: method), server.url))
        #expect(try await answer.body.reduce(0) { $0 + $1.count } == 0)
    }

    @Test func leavesTheEnvironmentsProxyAlone() async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK", "direct") }
        defer { server.stop() }
        let proxy = try ReservedPort()
        setenv("http_proxy", proxy.url, 1)
        setenv("ALL_PROXY", proxy.url, 1)
        defer {
            unsetenv("http_proxy")
            unsetenv("ALL_PROXY")
        }
        let client = HTTPClient(configuration: .loopback)
        #expect(try await client.send(ClientRequest(.get, server.url)).text() == "direct")
    }

    @Test func carriesTheTrace() async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK") }
        defer { server.stop() }
        let trace = TraceContext.root()
        let client = HTTPClient(configuration: .loopback)
        _ = try await TraceContext.$current.withValue(trace) { try await client.send(ClientRequest(.get, server.url)) }
        let sent = try #require(server.seen[0].headers["traceparent"].flatMap { TraceContext(traceparent: $0) })
        #expect(sent.traceID == trace.traceID)
        #expect(sent.spanID != trace.spanID)
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "/relative", "", "http://",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1:99999/", "http://127.0.0.1/\u{0}", "http://127.0.0.1/\r\nX: y",
    ])
    func refusesBadURLs(url: String) async throws {
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, url)) }
        #expect(error?.code == "invalid-request", "\(String(describing: error))")
    }

    @Test(arguments: ["Content-Length", "transfer-encoding", "Connection", "Expect", ""])
    func refusesHeadersOfItsOwn(name: String) async throws {
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, "http://127.0.0.1:1/", headers: [name: "5"])) }
        #expect(error?.code == "invalid-request", "\(String(describing: error))")
    }

    @Test(arguments: ["", "GET / HTTP/1.1\r\nX: y\r\n\r\nGET", "GÉT"]) func refusesBadMethods(method: String) async throws {
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(HTTPMethod(rawValue: method), "http://127.0.0.1:1/")) }
        #expect(error?.code == "invalid-request", "\(String(describing: error))")
    }

    @Test func headersSmuggleNothingIn() async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK") }
        defer { server.stop() }
        let headers: HTTPHeaders = ["X-One\r\nInjected": "v", "X-Two": "v\r\nInjected: yes\r\n\r\nGET /second HTTP/1.1"]
        let client = HTTPClient(configuration: .loopback)
        _ = try await client.send(ClientRequest(.get, server.url, headers: headers))
        #expect(server.seen.count == 1)
        #expect(server.seen[0].headers["injected"] == nil)
    }

    @Test func sendsEmptyHeaderValues() async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        _ = try await client.send(ClientRequest(.get, server.url, headers: ["X-Empty": ""]))
        #expect(server.seen[0].headers["x-empty"] == "")
    }
}
