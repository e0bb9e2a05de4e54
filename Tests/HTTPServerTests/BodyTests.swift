import HTTP
import HTTPServer
import Primitives
import Testing

@Suite struct BodyTests {
    private static func routes(_ router: inout Router) {
        router.on(.get, "/hello") { _ in .text("hello") }
        router.on(.post, "/count", limits: .unlimited) { request in
            var count = 0
            for try await piece in request.body { count += piece.count }
            return .text("\(count)")
        }
        router.on(.post, "/small", limits: .atMost(.bytes(10))) { request in
            .bytes(try await request.body.collect(upTo: .kib(1)), type: "text/plain")
        }
        router.on(.post, "/default") { request in .text("\(try await request.body.collect(upTo: .gib(1)).count)") }
        router.on(.post, "/unread", limits: .unlimited) { _ in .text("not read") }
        router.on(.post, "/mirror", limits: .unlimited) { request in
            .stream(type: "application/octet-stream") { writer in
                for try await piece in request.body { try await writer.write(piece) }
            }
        }
    }

    @Test func readsChunkedUploads() async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST /mirror HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            var whole = Bytes()
            for size in [1, 10, 1000, 100_000, 7] {
                let piece = pattern(size)
                whole += piece
                try await client.send(RawClient.chunk(piece))
            }
            try await client.send("0\r\n\r\n")
            #expect(try await client.response().body == whole)
        }
    }

    @Test func holdsLargeUploadsInLittleMemory() async {
        // In a process of its own: the tests beside this one need memory too.
        await #expect(processExitsWith: .success) { try await Self.uploadMuch() }
    }

    private static func uploadMuch() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            let piece = Bytes(repeating: 1, count: 1 << 20)
            let pieces = 384
            try await client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: \(piece.count * pieces)\r\n\r\n")
            try await client.send(piece)
            let before = try peakMemory()
            for _ in 1..<pieces { try await client.send(piece) }
            #expect(try await client.response().text == "\(piece.count * pieces)")
            // The client counts too.
            #expect(try peakMemory() - before < 64 << 20)
        }
    }

    @Test func slowsAClientThatIsFasterThanItsHandler() async throws {
        let mayRead = Signal()
        try await withServer(
            routes: { router in
                router.on(.post, "/slow", limits: .unlimited) { request in
                    try await mayRead.wait()
                    var count = 0
                    for try await piece in request.body { count += piece.count }
                    return .text("\(count)")
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                let total = 256 << 20
                try await client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n")
                // What the kernel's buffers on both sides and the server's own hold, and nothing more.
                let piece = Bytes(repeating: 1, count: 64 << 10)
                let taken = try await client.sendUntilFull(piece, atMost: total)
                #expect(taken < 32 << 20)
                mayRead.raise()
                var rest = total - taken
                while rest > 0 {
                    try await client.send(Bytes(piece.prefix(rest)))
                    rest -= min(rest, piece.count)
                }
                #expect(try await client.response().text == "\(total)")
            })
    }

    @Test func mirrorsWhileItReads() async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST /mirror HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
            let start = try await client.receive(through: "abc")
            #expect(start.contains("Transfer-Encoding: chunked"))
            try await client.send("def")
            _ = try await client.receive(through: "def\r\n0\r\n\r\n")
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test func asksForBodiesThatWaitForLeave() async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            for _ in 0..<2 {
                try await client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n")
                #expect(try await client.response().status == 100)
                try await client.send([1, 2, 3])
                #expect(try await client.response().text == "3")
            }
        }
    }

    @Test func doesNotAskForBodiesItRefuses() async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.headers["Connection"] == "close")
        }
    }

    @Test(arguments: [
        ("/small", "Content-Length: 11", "12345678901"), ("/small", "Transfer-Encoding: chunked", "b\r\n12345678901\r\n0\r\n\r\n"),
        ("/default", "Content-Length: 1048577", ""), ("/default", "Content-Length: 999999999999999999", ""),
    ])
    func refusesBodiesPastTheLimit(_ path: String, _ field: String, _ body: String) async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n\(body)")
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.problemCode == "body-too-large")
        }
    }

    @Test func acceptsBodiesAtTheLimit() async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1234567890")
            #expect(try await client.response().text == "1234567890")
            try await client.send("POST /default HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n")
            try await client.send(Bytes(repeating: 0, count: 1 << 20))
            #expect(try await client.response().text == "1048576")
        }
    }

    @Test func endlessChunksEndAtTheLimit() async throws {
        try await withServer({ $0.unwantedBodyLimit = .kib(32) }, routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST /default HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<18 { try await client.send(RawClient.chunk(Bytes(repeating: 1, count: 64 << 10))) }
            #expect(try await client.response().status == 413)
        }
    }

    @Test(arguments: ["/unread", "/nowhere", "/default", "/small"], [true, false])
    func aRefusedBodyLeavesItsConnection(_ path: String, _ isChunked: Bool) async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            let body = pattern(3 << 20)
            for _ in 0..<2 {
                let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(body.count)"
                try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
                try await client.send(isChunked ? RawClient.chunk(body) + Bytes("0\r\n\r\n".utf8) : body)
                let response = try await client.response()
                #expect(response.status == ["/unread": 200, "/nowhere": 404][path] ?? 413)
                #expect(response.headers["Connection"] == nil)
            }
            #expect(try await client.get("/hello").text == "hello")
        }
    }

    @Test(arguments: [
        "Content-Length: 200000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "Transfer-Encoding: chunked\r\n\r\n3000\r\n" + String(repeating: "x", count: 0x3000) + "\r\n",
    ])
    func aBodyThatDoesNotEndInTimeEndsItsConnection(_ rest: String) async throws {
        try await withServer(
            {
                $0.unwantedBodyTimeout = .milliseconds(100)
                $0.unwantedBodyLimit = .mib(1)
            }, routes: Self.routes
        ) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST /unread HTTP/1.1\r\nHost: a\r\n" + rest)
            let response = try await client.response()
            #expect(response.text == "not read")
            #expect(response.headers["Connection"] == "close")
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func endsConnectionsWithLargeBodiesThatNobodyReads() async throws {
        try await withServer(routes: Self.routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n")
            try await client.send(pattern(500_000))
            let response = try await client.response()
            #expect(response.text == "not read")
            #expect(response.headers["Connection"] == "close")
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func tellsTheHandlerWhenABodyBreaksOff() async throws {
        let failed = Signal()
        try await withServer(
            routes: { router in
                router.on(.post, "/x") { request in
                    do {
                        return .text("\(try await request.body.collect(upTo: .mib(1)).count)")
                    } catch let problem as Problem where problem.code == "body-cut-off" {
                        failed.raise()
                        throw problem
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
                client.halfClose()
                try await failed.wait()
                #expect(try await client.response().status == 400)
            })
    }
}
