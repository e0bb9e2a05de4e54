import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// Time, size and cancellation.
@Suite(.bothCarriers) struct LimitTests {
    /// A server that says when a request has come and when its client has left.
    private enum Sight: Sendable, Equatable {
        case request
        case left(Bool)
    }

    private func silentServer(_ events: Events<Sight>, first: String = "") throws -> ScriptedServer {
        try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write(first)
            events.report(.request)
            events.report(.left(connection.waitForClose()))
        }
    }

    @Test func deadlineEndsAWaitForTheHead() async throws {
        let events = Events<Sight>()
        let server = try silentServer(events)
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, server.url, deadline: .milliseconds(150))) }
        #expect(error == .deadlineExceeded(limit: .milliseconds(150)))
        #expect(try await events.next() == .request)
        #expect(try await events.next() == .left(true))
    }

    @Test func deadlineEndsABody() async throws {
        let events = Events<Sight>()
        let server = try silentServer(events, first: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let answer = try await client.send(ClientRequest(.get, server.url, deadline: .milliseconds(800)))
        let error = await failure { _ = try await answer.collect(upTo: .mib(1)) }
        #expect(error == .deadlineExceeded(limit: .milliseconds(800)))
        #expect(try await events.next() == .request)
        #expect(try await events.next() == .left(true))
    }

    @Test func deadlineHoldsWhileWaitingForAConnection() async throws {
        let events = Events<Sight>()
        let server = try silentServer(events)
        defer { server.stop() }
        var configuration = HTTPClientConfiguration.loopback
        configuration.maximumConnectionsPerHost = 1
        let client = HTTPClient(configuration: configuration)
        // In a group, whose tasks run where this one does: each event loop has connections of its own.
        try await withThrowingTaskGroup(of: HTTPClientError?.self) { group async throws in
            group.addTask { await failure { _ = try await client.send(ClientRequest(.get, server.url)) } }
            #expect(try await events.next() == .request)
            let error = await failure {
                _ = try await client.send(ClientRequest(.get, server.url, deadline: .milliseconds(100)))
            }
            #expect(error == .deadlineExceeded(limit: .milliseconds(100)))
            group.cancelAll()
            #expect(try await group.next() == .some(.cancelled))
        }
        #expect(server.seen.count == 1)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"]) func idleTimeoutEndsASilentPeer(first: String)
        async throws
    {
        let events = Events<Sight>()
        let server = try silentServer(events, first: first)
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let error = await failure {
            let answer = try await client.send(ClientRequest(.get, server.url, idleTimeout: .milliseconds(100)))
            _ = try await answer.collect(upTo: .mib(1))
        }
        #expect(error == .idleTimeout(limit: .milliseconds(100)))
        #expect(try await events.next() == .request)
        #expect(try await events.next() == .left(true))
    }

    @Test func connectTimeoutEndsAnUnansweredConnect() async throws {
        let listener = try SaturatedListener()
        var configuration = HTTPClientConfiguration.loopback
        configuration.connectTimeout = .milliseconds(150)
        let client = HTTPClient(configuration: configuration)
        let error = await failure { _ = try await client.send(ClientRequest(.get, "http://127.0.0.1:\(listener.port)/")) }
        #expect(error == .connectTimeout(host: "127.0.0.1", limit: .milliseconds(150)))
    }

    @Test func cancellingTheTaskEndsTheTransfer() async throws {
        let events = Events<Sight>()
        let server = try silentServer(events)
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let task = Task { await failure { _ = try await client.send(ClientRequest(.get, server.url)) } }
        #expect(try await events.next() == .request)
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(try await events.next() == .left(true))
    }

    @Test func whetherARequestLeftIsTold() async throws {
        let (events, listener) = (Events<Sight>(), try SaturatedListener())
        let server = try silentServer(events)
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        for (port, leaves) in [(listener.port, false), (server.port, true)] {
            var request = ClientRequest(.get, "http://127.0.0.1:\(port)/", deadline: .seconds(1))
            let departure = RequestDeparture()
            request.departure = departure
            let error = await failure { _ = try await client.send(request) }
            #expect(error == .deadlineExceeded(limit: .seconds(1)) && departure.hasLeft == leaves)
        }
    }

    @Test func cancellingAReaderEndsTheTransfer() async throws {
        let events = Events<Sight>()
        let server = try silentServer(events, first: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let answer = try await client.send(ClientRequest(.get, server.url))
        #expect(try await events.next() == .request)
        let read = Events<String>()
        let task = Task {
            await failure { for try await chunk in answer.body { read.report(String(decoding: chunk, as: UTF8.self)) } }
        }
        #expect(try await read.next() == "half")
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(try await events.next() == .left(true))
    }

    @Test func droppingTheBodyEndsTheTransfer() async throws {
        let events = Events<Sight>()
        let server = try silentServer(events, first: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        var answer: ClientResponse? = try await client.send(ClientRequest(.get, server.url))
        #expect(answer?.status.rawValue == 200)
        #expect(try await events.next() == .request)
        answer = nil
        #expect(try await events.next() == .left(true))
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure { _ = try await client.send(ClientRequest(.get, server.url)) }
        }
        #expect(await task.value == .cancelled)
        #expect(server.seen.isEmpty)
    }

    @Test(arguments: ["Content-Length: 2000000\r\n\r\n", "Connection: close\r\n\r\n"]) func collectStopsAtItsLimit(fields: String)
        async throws
    {
        let events = Events<Bool>()
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            do { try connection.write("HTTP/1.1 200 OK\r\n" + fields + String(repeating: "x", count: 2_000_000)) } catch {}
            events.report(connection.waitForClose())
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let answer = try await client.send(ClientRequest(.get, server.url))
        let error = await failure { _ = try await answer.collect(upTo: .kib(100)) }
        #expect(error == .bodyTooLarge(limit: .kib(100)))
        #expect(try await events.next())
    }

    @Test(arguments: [1, 1000]) func headersAreLimited(count: Int) async throws {
        let field = "X-Filler: " + String(repeating: "x", count: 90_000 / count) + "\r\n"
        let server = try ScriptedServer.answering { _ in response("200 OK", headers: String(repeating: field, count: count)) }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, server.url)) }
        #expect(error == .headersTooLarge(limit: .kib(64)))
    }

    @Test func endlessInterimResponsesAreLimited() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            while true { try connection.write("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n") }
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, server.url)) }
        #expect(error == .headersTooLarge(limit: .kib(64)))
    }

    @Test func shutdownEndsTransfersAndRefusesNewOnes() async throws {
        let events = Events<Sight>()
        let server = try silentServer(events)
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let task = Task { await failure { _ = try await client.send(ClientRequest(.get, server.url)) } }
        #expect(try await events.next() == .request)
        await client.shutdown()
        #expect(await task.value == .shutDown)
        #expect(try await events.next() == .left(true))
        #expect(await failure { _ = try await client.send(ClientRequest(.get, server.url)) } == .shutDown)
        await client.shutdown()
    }

    @Test func aBodyOutlivesItsClient() async throws {
        let gate = try Gate()
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
            gate.wait()
            try connection.write("half")
        }
        defer { server.stop() }
        var client: HTTPClient? = HTTPClient(configuration: .loopback)
        let answer = try #require(try await client?.send(ClientRequest(.get, server.url)))
        client = nil
        gate.open()
        #expect(try await answer.text() == "halfhalf")
    }
}
