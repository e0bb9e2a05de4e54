import HTTP
import HTTPServer
import Primitives
import Testing
import TestSupport

@Suite struct LimitTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/hello") { _ in .text("hello") }
    }

    @Test(arguments: [
        ("GET /hello HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431, "header-too-large"),
        ("GET /hello HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 120_000))", 431, "header-too-large"),
        ("GET /hello HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 200))\r\n", 431, "too-many-headers"),
        ("GET /hello?\(String(repeating: "x", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414, "target-too-long"),
        ("GET /hello?\(String(repeating: "x", count: 120_000))", 414, "target-too-long"),
        ("\(String(repeating: "\r\n", count: 60_000))", 431, "header-too-large"),
    ])
    func refusesWhatIsTooLong(_ request: String, _ status: Int, _ code: String) async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send(request)
            let response = try await client.response()
            #expect(response.status == status)
            #expect(response.problemCode == code)
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func acceptsHeadersUpToTheLimit() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            let fields = (0..<100).map { "X-\($0): \(String(repeating: "v", count: 250))\r\n" }.joined()
            #expect(try await client.get("/hello?\(String(repeating: "x", count: 4000))", fields).text == "hello")
        }
    }

    @Test func refusesConnectionsPastTheLimit() async throws {
        try await withServer(
            { $0.maximumConnections = 3 }, routes: routes,
            test: { server in
                let first = try (0..<3).map { _ in try RawClient(port: server.port) }
                for client in first { #expect(try await client.get("/hello").status == 200) }
                let refused = try RawClient(port: server.port)
                let response = try await refused.response()
                #expect(response.status == 503)
                #expect(response.problemCode == "too-many-connections")
                #expect(response.headers["Retry-After"] == "1")
                #expect(try await refused.receiveAll().isEmpty)
                for client in first { client.close() }
                try await eventually("connections are closed") { server.statistics.openConnections == 0 }
                #expect(try await RawClient(port: server.port).get("/hello").status == 200)
            })
    }
}
