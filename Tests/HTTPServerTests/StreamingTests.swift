import HTTP
import HTTPServer
import Primitives
import Synchronization
import Testing
import TestSupport

@Suite struct StreamingTests {
    @Test func streamsInChunks() async throws {
        try await withServer(
            routes: { router in
                router.on(.get, "/x") { _ in
                    .stream(type: "text/plain") { writer in
                        for index in 0..<5 { try await writer.write("line \(index)\n") }
                        try await writer.write([])
                        try await writer.write(pattern(300_000))
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                for _ in 0..<2 {
                    let response = try await client.get("/x")
                    #expect(response.headers["Transfer-Encoding"] == "chunked")
                    #expect(response.body == Bytes("line 0\nline 1\nline 2\nline 3\nline 4\n".utf8) + pattern(300_000))
                }
            })
    }

    @Test func streamsOldClientsUntilItCloses() async throws {
        try await withServer(
            routes: { router in
                router.on(.get, "/x") { _ in .stream(type: "text/plain") { try await $0.write("abc") } }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let response = try await client.response()
                #expect(response.headers["Connection"] == "close")
                #expect(response.text == "abc")
            })
    }

    @Test(arguments: [(5, 200), (3, 0), (8, 0)])
    func breaksOffWhenTheLengthIsWrong(_ written: Int, _ complete: Int) async throws {
        try await withServer(
            routes: { router in
                router.on(.get, "/x") { _ in
                    .stream(type: "text/plain", contentLength: 5) { try await $0.write(Bytes(repeating: 65, count: written)) }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try await client.receive(through: "\r\n\r\n")
                #expect(head.contains("Content-Length: 5\r\n"))
                if complete == 200 {
                    #expect(try await client.receive(exactly: 5) == Bytes("AAAAA".utf8))
                } else {
                    #expect(try await client.receiveAll().count < 5)
                }
            })
    }

    @Test func breaksOffWhenTheHandlerFails() async throws {
        struct Broken: Error {}
        try await withServer(
            routes: { router in
                router.on(.get, "/x") { _ in
                    .stream(type: "text/plain") { writer in
                        try await writer.write("start")
                        throw Broken()
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
                let all = String(decoding: try await client.receiveAll(), as: UTF8.self)
                #expect(all.contains("start"))
                #expect(!all.contains("0\r\n\r\n"), "the client must not take this for the whole")
            })
    }

    @Test func slowsTheHandlerToItsClient() async throws {
        let written = Mutex(0)
        let total = 64 << 20
        try await withServer(
            routes: { router in
                router.on(.get, "/x") { _ in
                    .stream(type: "text/plain", contentLength: Int64(total)) { writer in
                        let piece = Bytes(repeating: 1, count: 64 << 10)
                        for _ in 0..<(total / piece.count) {
                            try await writer.write(piece)
                            written.withLock { $0 += piece.count }
                        }
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port, receiveBuffer: 64 << 10)
                try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.receive(through: "\r\n\r\n")
                // The handler stops when the kernel's buffers are full, far from the end.
                try await eventually("the handler ended") {
                    let before = written.withLock { $0 }
                    do { try await Task.sleep(for: .milliseconds(50)) } catch { return false }
                    return before > 0 && written.withLock { $0 } == before
                }
                #expect(written.withLock { $0 } < 32 << 20)
                var received = 0
                while received < total { received += try await client.receive(upTo: total - received).count }
                #expect(received == total)
            })
    }

    @Test func closesSlowReaders() async throws {
        let ended = Signal()
        try await withServer(
            { $0.writeTimeout = .milliseconds(150) },
            routes: { router in
                router.on(.get, "/x") { _ in
                    .stream(type: "text/plain") { writer in
                        defer { ended.raise() }
                        while true { try await writer.write(Bytes(repeating: 1, count: 64 << 10)) }
                    }
                }
                router.on(.get, "/whole") { _ in .bytes(Bytes(repeating: 1, count: 16 << 20), type: "text/plain") }
            },
            test: { server in
                for path in ["/x", "/whole"] {
                    let client = try RawClient(port: server.port, receiveBuffer: 8 << 10)
                    try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = try await client.receive(through: "\r\n\r\n")
                    if path == "/x" { try await ended.wait() }
                    try await eventually("connections are closed") { server.statistics.openConnections == 0 }
                }
            })
    }

    @Test func sendsEvents() async throws {
        try await withServer(
            routes: { router in
                router.on(.get, "/events") { request in
                    let last = request.headers["Last-Event-ID"] ?? "none"
                    return .events { events in
                        try await events.send(ServerSentEvent(id: "1", event: "progress", data: "a\nb", retry: 100))
                        try await events.send(last)
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                let response = try await client.get("/events", "Last-Event-ID: 41\r\n")
                #expect(response.headers["Content-Type"] == "text/event-stream")
                #expect(response.headers["Cache-Control"] == "no-store")
                var parser = ServerSentEventParser()
                let events = parser.consume(response.body)
                #expect(events.map(\.data) == ["a\nb", "41"])
                #expect(events.first?.id == "1")
                #expect(events.first?.event == "progress")
            })
    }

    @Test func cancelsTheHandlerWhenTheClientLeavesAnEventStream() async throws {
        let (started, cancelled) = (Signal(), Signal())
        try await withServer(
            routes: { router in
                router.on(.get, "/events") { _ in
                    .events { events in
                        try await events.send("first")
                        started.raise()
                        await withTaskCancellationHandler {
                            do { try await Task.sleep(for: .seconds(60)) } catch {}
                        } onCancel: {
                            cancelled.raise()
                        }
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.receive(through: "data: first\n\n")
                try await started.wait()
                client.close()
                try await cancelled.wait()
                try await eventually("connections are closed") {
                    server.statistics.openConnections == 0 && server.statistics.activeRequests == 0
                }
            })
    }

    @Test func cancelsTheHandlerWhenTheClientLeavesBeforeTheAnswer() async throws {
        let (started, cancelled) = (Signal(), Signal())
        try await withServer(
            routes: { router in
                router.on(.get, "/wait") { _ in
                    started.raise()
                    do {
                        try await Task.sleep(for: .seconds(60))
                    } catch {
                        cancelled.raise()
                        throw error
                    }
                    return .empty(.noContent)
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                try await started.wait()
                client.close()
                try await cancelled.wait()
            })
    }

    @Test func writesFromOtherTasksAndThreads() async throws {
        let threads = BlockingThreads(name: "elsewhere", count: 1)
        try await withServer(
            routes: { router in
                router.on(.get, "/x") { _ in
                    .stream(type: "text/plain") { writer in
                        try await threads.run {}
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            for _ in 0..<8 {
                                group.addTask(executorPreference: globalConcurrentExecutor) {
                                    for _ in 0..<50 { try await writer.write(Bytes(repeating: 65, count: 1000)) }
                                }
                            }
                            try await group.waitForAll()
                        }
                    }
                }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                #expect(try await client.get("/x").body == Bytes(repeating: 65, count: 400_000))
            })
        threads.stop()
    }

    @Test func keepsIdleEventStreamsAlive() async throws {
        try await withServer(
            { $0.heartbeatInterval = .milliseconds(30) },
            routes: { router in
                router.on(.get, "/events") { _ in .events { _ in try await Task.sleep(for: .seconds(60)) } }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
                for _ in 0..<3 { _ = try await client.receive(through: ": keep-alive\n\n\r\n") }
            })
    }
}
