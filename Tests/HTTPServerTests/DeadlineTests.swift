import HTTP
import HTTPServer
import Primitives
import Testing

@Suite struct DeadlineTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/hello") { _ in .text("hello") }
        router.on(.post, "/echo") { request in .bytes(try await request.body.collect(upTo: .mib(1)), type: "text/plain") }
    }

    @Test(arguments: ["G", "GET /hello HTTP/1.1\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nX-Slow"])
    func refusesHeadersThatDoNotEnd(_ start: String) async throws {
        try await withServer(
            { $0.headerTimeout = .milliseconds(600) }, routes: routes,
            test: { server in
                let client = try RawClient(port: server.port, sending: start)
                let response = try await client.response()
                #expect(response.status == 408)
                #expect(response.problemCode == "header-timeout")
                #expect(try await client.receiveAll().isEmpty)
            })
    }

    @Test func doesNotGiveMoreTimeForEachByte() async throws {
        try await withServer(
            { $0.headerTimeout = .milliseconds(600) }, routes: routes,
            test: { server in
                let client = try RawClient(port: server.port, sending: "GET /hello HTTP/1.1\r\nHost: a\r\n")
                try await client.send("X: y\r\n", every: 20)
                #expect(try await client.response().status == 408)
            })
    }

    @Test func appliesToTheSecondRequestToo() async throws {
        try await withServer(
            { $0.headerTimeout = .milliseconds(600) }, routes: routes,
            test: { server in
                let client = try RawClient(port: server.port, sending: "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /hel")
                #expect(try await client.response().status == 200)
                #expect(try await client.response().status == 408)
            })
    }

    @Test func closesConnectionsThatSendNothing() async throws {
        try await withServer(
            { $0.headerTimeout = .milliseconds(600) }, routes: routes,
            test: { server in
                let client = try RawClient(port: server.port)
                #expect(try await client.receiveAll().isEmpty)
            })
    }

    @Test func closesConnectionsThatStayIdle() async throws {
        try await withServer(
            { $0.keepAliveTimeout = .milliseconds(60) }, routes: routes,
            test: { server in
                let client = try RawClient(port: server.port)
                #expect(try await client.get("/hello").status == 200)
                #expect(try await client.receiveAll().isEmpty)
            })
    }

    @Test(arguments: ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"])
    func refusesBodiesThatStop(_ rest: String) async throws {
        try await withServer(
            { $0.bodyIdleTimeout = .milliseconds(60) }, routes: routes,
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(rest)")
                let response = try await client.response()
                #expect(response.status == 408)
                #expect(response.problemCode == "body-timeout")
                #expect(response.headers["Connection"] == "close")
            })
    }

    @Test func doesNotHoldSlowHandlersAgainstTheClient() async throws {
        try await withServer(
            {
                $0.bodyIdleTimeout = .milliseconds(400)
                $0.keepAliveTimeout = .milliseconds(400)
                $0.writeTimeout = .milliseconds(400)
            },
            routes: { router in
                router.on(.post, "/slow", limits: .unlimited) { request in
                    try await Task.sleep(for: .milliseconds(1000))
                    return .text("\(try await request.body.collect(upTo: .mib(10)).count)")
                }
            },
            test: { server in
                let body = String(repeating: "x", count: 1_000_000)
                let client = try RawClient(
                    port: server.port, sending: "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + body)
                #expect(try await client.response().text == "1000000")
            })
    }
}
