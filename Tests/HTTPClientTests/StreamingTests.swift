import FoundationEssentials
import Glibc
import HTTP
import HTTPClient
import Primitives
import Synchronization
import TestSupport
import Testing

/// Bodies that do not fit in memory, in both directions.
@Suite(.serialized, .bothCarriers) struct StreamingTests {
    private static let chunk = Bytes(repeating: 7, count: 64 << 10)

    /// Resident memory of this process, in bytes.
    private static func residentSize() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[1])) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// In a process of its own, whose memory is then this test's alone.
    @Test func aReaderThatWaitsHoldsTheServerBack() async {
        await #expect(processExitsWith: .success) {
            let total = 200 << 20
            let stalled = Events<Int>()
            let server = try ScriptedServer { connection in
                _ = try connection.readRequest()
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
                // Longer than the idle timeout: a reader's pause must not count as the peer's silence.
                connection.limit(SO_SNDTIMEO, milliseconds: 400)
                var sent = 0
                while sent < total {
                    do { sent += try connection.send(Self.chunk.prefix(total - sent)) } catch {
                        stalled.report(sent)
                        connection.limit(SO_SNDTIMEO, milliseconds: 10_000)
                    }
                }
                _ = connection.waitForClose()
            }
            let client = HTTPClient(configuration: .loopback)
            let answer = try await client.send(ClientRequest(.get, server.url, idleTimeout: .milliseconds(200)))
            let before = try Self.residentSize()
            // The kernel's socket buffers take some megabytes, the client a quarter of one.
            #expect(try await stalled.next() < 24 << 20)
            let peak = try await Self.largestResidentSize(whileReading: answer, expecting: total)
            #expect(peak - before < 48 << 20, "grew by \((peak - before) >> 20) MiB")
        }
    }

    /// Over HTTP/2 on its own connection nothing but the kernel's buffers and the client's fill up while the reader waits,
    /// however busy its neighbours are.
    @Test func aReaderThatWaitsOnItsOwnConnectionLeavesMemoryAlone() async {
        await #expect(processExitsWith: .success) { try await Self.readSlowly(sharesConnections: false, growsBy: 32 << 20) }
    }

    /// On a shared connection the neighbours at least go on.
    @Test func aReaderThatWaitsLeavesItsNeighboursAlone() async throws {
        try await Self.readSlowly(sharesConnections: true, growsBy: .max)
    }

    private static func readSlowly(sharesConnections: Bool, growsBy limit: Int) async throws {
        try await withNginx { server in
            try server.addSparseFile("large", size: .mib(200))
            var configuration = HTTPClientConfiguration.trusting(server)
            configuration.sharesConnections = sharesConnections
            let client = HTTPClient(configuration: configuration)
            let waiting = try await client.send(ClientRequest(.get, server.url + "/large"))
            let before = try residentSize()
            for _ in 0..<200 {
                let text = try await client.send(ClientRequest(.get, server.url + "/connection", deadline: .seconds(10))).text()
                #expect(text.hasSuffix(" HTTP/2.0"))
            }
            let peak = try await largestResidentSize(whileReading: waiting, expecting: 200 << 20)
            #expect(peak - before < limit, "grew by \((peak - before) >> 20) MiB")
        }
    }

    private static func largestResidentSize(whileReading answer: ClientResponse, expecting total: Int) async throws -> Int {
        var (received, peak) = (0, try residentSize())
        for try await chunk in answer.body {
            received += chunk.count
            #expect(chunk.count <= 512 << 10)
            if received % (4 << 20) < chunk.count { peak = max(peak, try residentSize()) }
        }
        #expect(received == total)
        return peak
    }

    /// Where many streams come on one loop, they are read in rounds: each is whole all the same, however it pauses and ends.
    @Test func manyStreamsOfEventsAreEachWhole() async throws {
        let (streams, events) = (24, 30)
        let server = try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                try connection.readBody(of: request)
                try connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n")
                for event in 0..<events {
                    let text = "data: \(event)\n\n"
                    try connection.write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
                    // The last one comes long after the others.
                    usleep(event == events - 2 ? 60_000 : 2_000)
                    if request.path == "/broken", event == 20 { return }
                }
                try connection.write("0\r\n\r\n")
            }
        }
        defer { server.stop() }
        var configuration = HTTPClientConfiguration.loopback
        configuration.retry = nil
        let client = HTTPClient(configuration: configuration)
        let expected = (0..<events).map { "data: \($0)\n\n" }.joined()
        for round in 0..<2 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for stream in 0..<streams {
                    group.addTask {
                        let path = stream == 3 ? "/broken" : "/whole"
                        let answer = try await client.send(ClientRequest(.get, server.url + path))
                        var text = Bytes()
                        do {
                            for try await chunk in answer.body {
                                text += chunk
                                // One is left in the middle.
                                if stream == 5, text.count > 100 { break }
                            }
                            #expect(stream != 3, "a stream that broke off was taken for whole")
                        } catch let error as HTTPClientError {
                            #expect(stream == 3, "\(round) \(stream): \(error)")
                        }
                        let received = String(decoding: text, as: UTF8.self)
                        #expect(stream == 3 || stream == 5 ? expected.hasPrefix(received) : received == expected)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(server.connectionCount < 2 * streams)
        await client.shutdown()
    }

    @Test func aServerThatWaitsHoldsTheSourceBack() async throws {
        let (chunks, expected) = (400, 400 * Self.chunk.count)
        let events = Events<Int>()
        let gate = try Gate()
        let server = try ScriptedServer { connection in
            guard let request = try connection.readRequest() else { return }
            try connection.write("HTTP/1.1 100 Continue\r\n\r\n")
            gate.wait()
            let body = try connection.readBody(of: request)
            events.report(body.count)
            try connection.write(response("200 OK", "\(body.sum)"))
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let given = Counter()
        let body = ClientBody.stream(length: nil) {
            guard given.value < chunks else { return nil }
            given.increment()
            return Self.chunk
        }
        let sending = Task { try await client.send(ClientRequest(.post, server.url, body: body)).text() }
        // The source comes to rest once the kernel's buffers and the client's are full.
        var last = -1
        while last != given.value || last == 0 {
            last = given.value
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(last < 300, "\(last) chunks were taken by a server that reads nothing")
        gate.open()
        #expect(try await events.next() == expected)
        #expect(try await sending.value == "\(expected * 7)")
    }

    @Test(arguments: [true, false]) func streamsWithAndWithoutLength(hasLength: Bool) async throws {
        let server = try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                let body = try connection.readBody(of: request)
                let framing = request.headers["content-length"] ?? request.headers["transfer-encoding"] ?? "none"
                try connection.write(response("200 OK", "\(framing) \(body.count)"))
            }
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let left = Mutex(["some", "", " words"])
        let body = ClientBody.stream(length: hasLength ? 10 : nil) {
            left.withLock { $0.isEmpty ? nil : Bytes($0.removeFirst().utf8) }
        }
        let text = try await client.send(ClientRequest(.put, server.url, body: body)).text()
        #expect(text == (hasLength ? "10 10" : "chunked 10"))
    }

    @Test(arguments: [5, 20]) func aSourceThatBreaksItsLengthEndsTheTransfer(length: Int64) async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let left = Mutex(["some", " words"])
        let body = ClientBody.stream(length: length) { left.withLock { $0.isEmpty ? nil : Bytes($0.removeFirst().utf8) } }
        let error = await failure { _ = try await client.send(ClientRequest(.put, server.url, body: body)) }
        #expect(error?.code == "upload-failed", "\(String(describing: error))")
    }

    @Test func aSourceThatFailsEndsTheTransfer() async throws {
        struct Broken: Error {}
        let left = Events<Bool>()
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            left.report(connection.waitForClose())
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let request = ClientRequest(.put, server.url, body: .stream(length: 100) { throw Broken() })
        let error = await failure { _ = try await client.send(request) }
        #expect(error?.code == "upload-failed", "\(String(describing: error))")
        #expect(try await left.next())
    }

    @Test func cancellingEndsTheSource() async throws {
        let asked = Events<Void>()
        let ended = Events<Void>()
        let server = try ScriptedServer { connection in
            guard let request = try connection.readRequest() else { return }
            try connection.readBody(of: request)
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let body = ClientBody.stream(length: 100) {
            asked.report(())
            defer { ended.report(()) }
            try await Task.sleep(for: .seconds(60))
            return []
        }
        let task = Task { await failure { _ = try await client.send(ClientRequest(.put, server.url, body: body)) } }
        try await asked.next()
        task.cancel()
        #expect(await task.value == .cancelled)
        try await ended.next()
    }

    @Test func anEarlyAnswerStopsTheUpload() async throws {
        let server = try ScriptedServer { connection in
            _ = try connection.readRequest()
            try connection.write(response("413 Content Too Large", "too large", headers: "Connection: close\r\n"))
            _ = connection.waitForClose()
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        // Large bodies ask first (Expect: 100-continue): nothing of them needs to be read.
        let body = ClientBody.stream(length: 100 << 20) {
            Issue.record("the source was asked although the server had refused")
            return nil
        }
        let answer = try await client.send(ClientRequest(.put, server.url, body: body))
        #expect(answer.status.rawValue == 413)
        #expect(try await answer.text() == "too large")
    }

    @Test func sendsAPartOfAFile() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/http-client-\(UUID().uuidString)"
        let content = Bytes((0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 / 1000) })
        try Data(content).write(to: URL(filePath: path))
        defer { unlink(path) }
        let server = try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                let body = try connection.readBody(of: request)
                try connection.write(response("200 OK", "\(body.count) \(body.sum)"))
            }
        }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        for (offset, length) in [(0, nil), (1000, 2 << 20), (content.count - 1, nil), (content.count, 0)] as [(Int, Int?)] {
            let part = content[offset..<(length.map { offset + $0 } ?? content.count)]
            let body = ClientBody.file(path: path, offset: Int64(offset), length: length.map(Int64.init))
            let text = try await client.send(ClientRequest(.put, server.url, body: body)).text()
            #expect(text == "\(part.count) \(part.reduce(UInt64(0)) { $0 + UInt64($1) })")
        }
        for body in [
            ClientBody.file(path: path + ".missing"), .file(path: path, offset: 1, length: Int64(content.count)), .file(path: "/"),
        ] {
            let error = await failure { _ = try await client.send(ClientRequest(.put, server.url, body: body)) }
            #expect(error?.code == "invalid-request", "\(String(describing: error))")
        }
    }
}
