import HTTP
import HTTPServer
import Primitives
import TestSupport
import Testing

@Suite struct DrainTests {
    /// Clients that ask without pause until the server says that it closes; none may see a request fail.
    @Test func failsNoRequestUnderLoad() async throws {
        try await withServer(
            { $0.drainGrace = .milliseconds(200) },
            routes: { router in
                router.on(.get, "/quick") { _ in .text("quick") }
                router.on(.get, "/slow") { _ in
                    try await Task.sleep(for: .milliseconds(30))
                    return .text("slow")
                }
                router.on(.post, "/upload") { request in .text("\(try await request.body.collect(upTo: .mib(1)).count)") }
            },
            test: { server in
                let port = server.port
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<24 {
                        let client = try RawClient(port: port)
                        group.addTask {
                            while true {
                                switch index % 3 {
                                case 0: try await client.send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n")
                                case 1: try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                                default:
                                    try await client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
                                    try await client.send(Bytes(repeating: 1, count: 100_000))
                                }
                                let response = try await client.response()
                                #expect(response.status == 200)
                                if response.headers["Connection"] == "close" { return }
                            }
                        }
                    }
                    try await eventually("the load is on") { server.statistics.requests > 500 }
                    await server.drain()
                    try await group.waitForAll()
                }
                #expect(server.statistics.openConnections == 0)
                #expect(throws: Loopback.Failure.self) { try RawClient(port: port) }
            })
    }

    @Test func answersAllThatHasArrived() async throws {
        let (started, mayAnswer) = (Signal(), Signal())
        try await withServer(
            routes: { router in
                router.on(.get, "/wait") { _ in
                    started.raise()
                    try await mayAnswer.wait()
                    return .text("waited")
                }
                router.on(.get, "/hello") { _ in .text("hello") }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                try await started.wait()
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                let drained = Task { await server.drain() }
                try await eventually("the door is shut") { (try? RawClient(port: server.port)) == nil }
                mayAnswer.raise()
                var responses: [RawResponse] = []
                for _ in 0..<3 { responses.append(try await client.response()) }
                #expect(responses.map(\.text) == ["waited", "hello", "hello"])
                #expect(responses.map { $0.headers["Connection"] } == [nil, nil, "close"])
                #expect(try await client.receiveAll().isEmpty)
                await drained.value
            })
    }

    @Test func endsEventStreamsWell() async throws {
        try await withServer(
            routes: { router in
                router.on(.get, "/events") { _ in
                    .events { events in
                        try await events.send("first")
                        try await Task.sleep(for: .seconds(60))
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.receive(through: "first\n\n\r\n")
                await server.drain()
                #expect(try await client.receiveAll() == Bytes("0\r\n\r\n".utf8))
            })
    }

    @Test func closesIdleConnections() async throws {
        try await withServer(
            routes: { $0.on(.get, "/hello") { _ in .text("hello") } },
            test: { server in
                let (fresh, used) = (try RawClient(port: server.port), try RawClient(port: server.port))
                #expect(try await used.get("/hello").status == 200)
                await server.drain()
                #expect(try await used.receiveAll().isEmpty)
                #expect(try await fresh.receiveAll().isEmpty)
            })
    }

    @Test func cutsOffWhatTakesTooLong() async throws {
        let cancelled = Signal()
        try await withServer(
            { $0.drainTimeout = .milliseconds(80) },
            routes: { router in
                router.on(.get, "/forever") { _ in
                    do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
                    return .text("late")
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n")
                try await eventually("the request runs") { server.statistics.activeRequests == 1 }
                await server.drain()
                try await cancelled.wait()
                #expect(try await client.receiveAll().isEmpty)
            })
    }

    @Test func mayDrainTwiceAndWithoutStart() async throws {
        await HTTPServer(router: Router()).drain()
        try await withServer(
            routes: { _ in },
            test: { server in
                async let first: Void = server.drain()
                async let second: Void = server.drain()
                _ = await (first, second)
                await server.drain()
                #expect {
                    try server.start()
                } throws: { error in
                    (error as? HTTPServerError)?.code == "already-started"
                }
            })
    }
}
