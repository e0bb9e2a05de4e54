import HTTP
import HTTPServer
import Primitives
import Testing
import TestSupport

@Suite struct WebSocketTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/echo") { _ in
            .webSocket(maximumMessage: .kib(256)) { socket in
                for try await message in socket {
                    switch message {
                    case .text(let text): try await socket.send(text)
                    case .binary(let bytes): try await socket.send(bytes)
                    }
                }
            }
        }
        router.on(.get, "/once") { _ in
            .webSocket { socket in
                if case .text(let text)? = try await socket.receive() { socket.close(.init(rawValue: 4000), reason: text) }
                while try await socket.receive() != nil {}
            }
        }
    }

    @Test func agreesOnTheHandshake() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            let response = try await client.get("/echo", RawClient.upgrade)
            #expect(response.status == 101)
            // The example of RFC 6455, section 1.3.
            #expect(response.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(response.headers["Upgrade"] == "websocket")
            #expect(response.headers["Connection"] == "Upgrade")
        }
    }

    @Test(arguments: [
        ("", 426), ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426),
        (
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            426
        ),
        ("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426),
        ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", 400),
        ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n", 400),
    ])
    func refusesOtherHandshakes(_ fields: String, _ status: Int) async throws {
        try await withServer(routes: routes) { server in
            let response = try await RawClient(port: server.port).get("/echo", fields)
            #expect(response.status == status)
            if status == 426 { #expect(response.headers["Sec-WebSocket-Version"] == "13") }
        }
    }

    @Test(arguments: [0, 1, 125, 126, 65_535, 65_536, 262_144])
    func echoesMessages(_ size: Int) async throws {
        try await withServer(routes: routes) { server in
            let client = try await RawClient.webSocket(port: server.port, "/echo")
            try await client.send(RawFrame(opcode: 2, payload: pattern(size)), .text("ä€😀"))
            #expect(try await client.frame() == RawFrame(opcode: 2, payload: pattern(size)))
            #expect(try await client.frame() == .text("ä€😀"))
            try await client.send(.close(1000))
            #expect(try await client.frame().closeCode == 1000)
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func joinsFragmentsWithPingsBetween() async throws {
        try await withServer(routes: routes) { server in
            let client = try await RawClient.webSocket(port: server.port, "/echo")
            // The text is cut inside a character.
            let euro = Bytes("a€b".utf8)
            try await client.send(
                RawFrame(isFinal: false, opcode: 1, payload: Bytes(euro[..<2])), RawFrame(opcode: 9, payload: [7]),
                RawFrame(isFinal: false, opcode: 0, payload: []), RawFrame(opcode: 0, payload: Bytes(euro[2...])))
            #expect(try await client.frame() == RawFrame(opcode: 10, payload: [7]))
            #expect(try await client.frame() == .text("a€b"))
        }
    }

    @Test func readsFramesByteForByte() async throws {
        try await withServer(routes: routes) { server in
            let client = try await RawClient.webSocket(port: server.port, "/echo")
            for byte in RawFrame.text("slowly").bytes + RawFrame(opcode: 2, payload: pattern(300)).bytes {
                try await client.send([byte])
            }
            #expect(try await client.frame() == .text("slowly"))
            #expect(try await client.frame() == RawFrame(opcode: 2, payload: pattern(300)))
        }
    }

    @Test func acceptsFramesSentWithTheHandshake() async throws {
        try await withServer(routes: routes) { server in
            let client = try RawClient(port: server.port)
            try await client.send(
                Bytes("GET /echo HTTP/1.1\r\nHost: a\r\n\(RawClient.upgrade)\r\n".utf8) + RawFrame.text("early").bytes)
            #expect(try await client.response().status == 101)
            #expect(try await client.frame() == .text("early"))
        }
    }

    static let violations: [(name: String, bytes: Bytes, code: Int)] = [
        ("unmasked", [0x81, 1, 65], 1002),
        ("reserved bit", [0xC1, 0x80, 0, 0, 0, 0], 1002),
        ("unknown opcode", [0x83, 0x80, 0, 0, 0, 0], 1002),
        ("unknown control opcode", [0x8B, 0x80, 0, 0, 0, 0], 1002),
        ("fragmented ping", [0x09, 0x80, 0, 0, 0, 0], 1002),
        ("long ping", [0x89, 0xFE, 0, 126, 0, 0, 0, 0], 1002),
        ("continuation alone", RawFrame(opcode: 0, payload: [65]).bytes, 1002),
        ("message within a message", RawFrame(isFinal: false, opcode: 1, payload: [65]).bytes + RawFrame.text("b").bytes, 1002),
        ("length not the shortest", [0x81, 0xFE, 0, 5, 0, 0, 0, 0], 1002),
        ("negative length", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002),
        ("not UTF-8", RawFrame(opcode: 1, payload: [0xC3, 0x28]).bytes, 1007),
        ("surrogate", RawFrame(opcode: 1, payload: [0xED, 0xA0, 0x80]).bytes, 1007),
        ("too long", [0x82, 0xFF, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 0], 1009),
        (
            "too long in fragments",
            RawFrame(isFinal: false, opcode: 2, payload: pattern(200_000)).bytes
                + RawFrame(opcode: 0, payload: pattern(100_000)).bytes, 1009
        ),
        ("close with one byte", RawFrame(opcode: 8, payload: [3]).bytes, 1002),
        ("close with a reserved code", RawFrame.close(1005).bytes, 1002),
        ("close with a reason that is not UTF-8", RawFrame(opcode: 8, payload: [3, 0xE8, 0xFF]).bytes, 1007),
    ]

    @Test(arguments: violations.indices)
    func closesOnViolations(_ index: Int) async throws {
        let violation = Self.violations[index]
        try await withServer(routes: routes) { server in
            let client = try await RawClient.webSocket(port: server.port, "/echo")
            try await client.send(violation.bytes)
            #expect(try await client.frame().closeCode == violation.code, "\(violation.name)")
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func closesFromTheServersSide() async throws {
        try await withServer(routes: routes) { server in
            let client = try await RawClient.webSocket(port: server.port, "/once")
            try await client.send(.text("enough"))
            let close = try await client.frame()
            #expect(close.closeCode == 4000)
            #expect(close.payload.dropFirst(2) == ArraySlice(Bytes("enough".utf8)))
            try await client.send(.close(4000))
            #expect(try await client.receiveAll().isEmpty)
        }
    }

    @Test func cancelsTheHandlerWhenTheClientLeaves() async throws {
        let (started, cancelled) = (Signal(), Signal())
        try await withServer(
            routes: { router in
                router.on(.get, "/push") { _ in
                    .webSocket { socket in
                        started.raise()
                        do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
                    }
                }
            },
            test: { server in
                let client = try await RawClient.webSocket(port: server.port, "/push")
                try await started.wait()
                client.close()
                try await cancelled.wait()
                try await eventually("connections are closed") { server.statistics.openConnections == 0 }
            })
    }

    @Test func pingsIdleClientsAndDropsDeadOnes() async throws {
        try await withServer(
            { $0.heartbeatInterval = .milliseconds(400) }, routes: routes,
            test: { server in
                let client = try await RawClient.webSocket(port: server.port, "/echo")
                #expect(try await client.frame().opcode == 9)
                try await client.send(RawFrame(opcode: 10, payload: []))
                #expect(try await client.frame().opcode == 9)
                // From here on nothing is answered.
                try await eventually("connections are closed") { server.statistics.openConnections == 0 }
            })
    }

    @Test func slowsAClientThatIsFasterThanItsHandler() async throws {
        let mayRead = Signal()
        try await withServer(
            routes: { router in
                router.on(.get, "/slow") { _ in
                    .webSocket { socket in
                        try await mayRead.wait()
                        var count = 0
                        for try await message in socket {
                            guard case .binary(let bytes) = message else { break }
                            count += bytes.count
                        }
                        try await socket.send("\(count)")
                    }
                }
            },
            test: { server in
                let client = try await RawClient.webSocket(port: server.port, "/slow")
                let frame = RawFrame(opcode: 2, payload: pattern(50_000)).bytes
                let taken = try await client.sendUntilFull(frame, atMost: 256 << 20)
                #expect(taken < 32 << 20)
                mayRead.raise()
                if taken % frame.count > 0 { try await client.send(Bytes(frame[(taken % frame.count)...])) }
                try await client.send(.text("end"))
                let whole = (taken + frame.count - 1) / frame.count * 50_000
                #expect(try await client.frame().text == "\(whole)")
            })
    }

    @Test func tellsClientsThatTheServerEnds() async throws {
        try await withServer(routes: routes) { server in
            let client = try await RawClient.webSocket(port: server.port, "/echo")
            try await client.send(.text("a"))
            #expect(try await client.frame().text == "a")
            let drained = Task { await server.drain() }
            #expect(try await client.frame().closeCode == 1001)
            try await client.send(.close(1001))
            #expect(try await client.receiveAll().isEmpty)
            await drained.value
        }
    }
}
