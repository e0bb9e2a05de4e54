import ModelProtocols
import Primitives
import Testing

@Suite("Server-sent events")
struct SSEParserTests {
    private func events(_ pieces: [Bytes], limit: Int = 1 << 20) throws -> [SSEEvent] {
        var parser = SSEParser(maximumEventSize: limit)
        var events: [SSEEvent] = []
        for piece in pieces { try parser.feed(piece, into: &events) }
        if let last = try parser.finish() { events.append(last) }
        return events
    }

    private static let stream =
        "\u{FEFF}: hello\nevent: first\ndata: a\ndata:b\ndata\n\nid: 7\nretry: 10\n\ndata:  ü{}\nother: x\n\n"

    private static let expected = [
        SSEEvent(name: "first", data: Bytes("a\nb\n".utf8)), SSEEvent(data: Bytes(" ü{}".utf8)),
    ]

    @Test("Any line end, cut at any byte, gives the same events", arguments: ["\n", "\r\n", "\r"])
    func cuts(_ lineEnd: String) throws {
        let bytes = Bytes(Self.stream.replacing("\n", with: lineEnd).utf8)
        #expect(try events([bytes]) == Self.expected)
        #expect(try events(bytes.map { [$0] }) == Self.expected)
        for cut in 0...bytes.count { #expect(try events([Bytes(bytes[..<cut]), Bytes(bytes[cut...])]) == Self.expected) }
    }

    @Test("What the end leaves without its empty line still counts")
    func unfinished() throws {
        #expect(try events([Bytes("data: a\n\ndata: b".utf8)]).map(\.data) == [Bytes("a".utf8), Bytes("b".utf8)])
    }

    @Test("Broken UTF-8 is replaced")
    func repairs() throws {
        let broken = Bytes("data: a".utf8) + [0xC3] + Bytes("b\n\n".utf8)
        #expect(try events([broken]).first?.data == Bytes("a\u{FFFD}b".utf8))
    }

    @Test("A line or an event without end is stopped", arguments: ["data: x", "data: x\n"])
    func bounds(_ piece: String) {
        #expect(throws: StreamLimitExceeded.self) {
            try events(Array(repeating: Bytes(piece.utf8), count: 2000), limit: 1000)
        }
    }

    @Test("Events are written as they are read")
    func writes() throws {
        var output = Bytes()
        for event in Self.expected { event.write(into: &output) }
        #expect(try events([output]) == Self.expected)
    }
}
