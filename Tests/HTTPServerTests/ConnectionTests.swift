import HTTP
import HTTPServer
import Primitives
import Testing
import TestSupport

@Suite struct ConnectionTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/hello") { _ in .text("hello") }
        router.on(.get, "/big") { _ in .bytes(pattern(3_000_000), type: "application/octet-stream") }
        router.on(.post, "/echo") { request in .bytes(try await request.body.collect(upTo: .mib(1)), type: "text/plain") }
    }

    @Test func keepsTheConnection() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            for _ in 0..<3 {
                let response = try await client.get("/hello")
                #expect(response.status == 200)
                #expect(response.text == "hello")
                #expect(response.headers["Content-Length"] == "5")
                #expect(response.headers["Connection"] == nil)
                #expect(response.headers["Date"]?.hasSuffix(" GMT") == true)
            }
            #expect(server.statistics.acceptedConnections == 1)
            #expect(server.statistics.requests == 3)
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            let count = 200
            var requests = ""
            for index in 0..<count {
                requests += "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \("\(index)".count)\r\n\r\n\(index)"
            }
            try await client.send(requests)
            for index in 0..<count { #expect(try await client.response().text == "\(index)") }
        }
    }

    @Test func readsRequestsByteForByte() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            for byte in Bytes("\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
            {
                try await client.send([byte])
            }
            #expect(try await client.response().text == "abc")
        }
    }

    @Test(arguments: [
        ("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
        ("GET /hello HTTP/1.0\r\n\r\n", "close"),
    ])
    func closesWhenAsked(_ request: String, _ connection: String) async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send(request)
            let response = try await client.response()
            #expect(response.text == "hello")
            #expect(response.headers["Connection"] == connection)
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func keepsOldClientsThatAsk() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            for _ in 0..<2 {
                try await client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let response = try await client.response()
                #expect(response.text == "hello")
                #expect(response.headers["Connection"] == "keep-alive")
            }
        }
    }

    @Test func answersHeadWithoutBody() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.response(hasBody: false)
            #expect(response.status == 200)
            #expect(response.headers["Content-Length"] == "5")
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test func acceptsAbsoluteTargets() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            #expect(try await client.get("http://example.org/hello?x=1").text == "hello")
        }
    }

    @Test func sendsLargeBodiesWhole() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            let response = try await client.get("/big")
            #expect(response.body == pattern(3_000_000))
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test func answersAClientThatClosesItsSendingSide() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            client.halfClose()
            #expect(try await client.response().text == "hello")
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func servesManyConnectionsAtOnce() async throws {
        try await withServer(routes: routes) { server in
            let port = server.port
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        let client = try RawClient(port: port)
                        for _ in 0..<20 { #expect(try await client.get("/hello").text == "hello") }
                    }
                }
                try await group.waitForAll()
            }
            try await eventually("connections are closed") { server.statistics.openConnections == 0 }
            #expect(server.statistics.requests == 64 * 20)
        }
    }

    @Test func refusesAPortInUse() async throws {
        try await withServer(routes: routes) { server in
            var configuration = HTTPServerConfiguration()
            configuration.port = server.port
            let second = HTTPServer(configuration: configuration, router: Router())
            #expect {
                try second.start()
            } throws: { error in
                (error as? HTTPServerError)?.code == "address-in-use"
            }
        }
    }

    @Test(arguments: ["not an address", "300.1.1.1", "8.8.8.8"])
    func refusesAddressesOfOthers(_ host: String) {
        var configuration = HTTPServerConfiguration()
        configuration.host = host
        #expect {
            try HTTPServer(configuration: configuration, router: Router()).start()
        } throws: { error in
            (error as? HTTPServerError)?.code == "invalid-address"
        }
    }
}
