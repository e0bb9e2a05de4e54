import HTTP
import Primitives
import Testing

@testable import HTTPServer

/// The parts that know nothing of sockets.
@Suite struct ProtocolTests {
    @Test func findsHeadsInPieces() throws {
        let head = Bytes("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for cut in 1..<head.count {
            var scanner = HeadScanner()
            let first = try head[..<cut].withUnsafeBytes { try scanner.scan($0) }
            #expect(first == .incomplete)
            let second = try head.withUnsafeBytes { try scanner.scan($0) }
            #expect(second == .complete(4..<head.count))
        }
    }

    @Test func decodesChunksInPieces() throws {
        let coded = Bytes("5;x=y\r\nhello\r\n0a\r\n, chunked!\r\n0\r\nX-Trailer: 1\r\n\r\nGET".utf8)
        for size in 1...coded.count {
            var decoder = ChunkedDecoder()
            var body: Bytes? = []
            var used = 0
            var start = 0
            while start < coded.count && !decoder.isDone {
                let end = min(start + size, coded.count)
                used += try coded[start..<end].withUnsafeBytes { try decoder.decode($0, into: &body) }
                start = end
            }
            #expect(decoder.isDone)
            #expect(body == Bytes("hello, chunked!".utf8))
            #expect(used == coded.count - 3, "what follows is left alone")
        }
    }

    @Test func limitsWhatChunksCarryBesides() {
        var decoder = ChunkedDecoder()
        var body: Bytes?
        let coded = Bytes("5;".utf8) + Bytes(repeating: 65, count: 5000)
        #expect(throws: Problem.self) { try coded.withUnsafeBytes { _ = try decoder.decode($0, into: &body) } }
    }

    @Test func timersComeInOrder() {
        var queue = TimerQueue<Int>()
        let times = (0..<500).map { Int64(($0 * 7919) % 1000) }
        for time in times { queue.schedule(Int(time), at: time) }
        #expect(queue.popDue(at: -1) == nil)
        var popped: [Int64] = []
        while let (key, time) = queue.popDue(at: 600) {
            #expect(Int64(key) == time)
            popped.append(time)
        }
        #expect(popped == times.filter { $0 <= 600 }.sorted())
        #expect(queue.next == times.filter { $0 > 600 }.min())
    }

    @Test(arguments: [
        (HTTPMethod.get, true, true, 200, Optional(Int64(5)), ResponsePlan.Framing.length(5), true, true),
        (.head, true, true, 200, 5, .length(5), false, true),
        (.get, true, true, 204, 0, .none, false, true),
        (.get, true, true, 304, 0, .none, false, true),
        (.get, true, true, 200, nil, .chunked, true, true),
        (.get, false, true, 200, nil, .untilClose, true, false),
        (.head, false, true, 200, nil, .untilClose, false, true),
        (.get, false, true, 200, 5, .length(5), true, true),
        (.get, true, false, 200, 5, .length(5), true, false),
    ])
    func plansResponses(
        _ method: HTTPMethod, _ isVersion11: Bool, _ keepsAlive: Bool, _ status: Int, _ length: Int64?,
        _ framing: ResponsePlan.Framing,
        _ sendsBody: Bool, _ stays: Bool
    ) {
        let head = RequestHead(
            method: method, target: "/", headers: [:], framing: .none, isVersion11: isVersion11, keepsAlive: keepsAlive,
            expectsContinue: false)
        let plan = ResponsePlan(status: HTTPStatus(rawValue: status), to: head, length: length, mayKeepAlive: true)
        #expect(plan.framing == framing)
        #expect(plan.sendsBody == sendsBody)
        #expect(plan.keepsAlive == stays)
        #expect(!ResponsePlan(status: .ok, to: head, length: length, mayKeepAlive: false).keepsAlive)
    }

    @Test func headersOfTheServerStayItsOwn() {
        let headers: HTTPHeaders = [
            "content-length": "7", "Transfer-Encoding": "chunked", "connection": "upgrade", "DATE": "x", "Dates": "y",
        ]
        let head = RequestHead(
            method: .get, target: "/", headers: [:], framing: .none, isVersion11: true, keepsAlive: true, expectsContinue: false)
        var bytes = Bytes()
        let plan = ResponsePlan(status: .created, to: head, length: 12, mayKeepAlive: true)
        ResponseEncoder.appendHead(
            status: .created, headers: headers, plan: plan, dateLine: Bytes("Date: now\r\n".utf8), to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == "HTTP/1.1 201 Created\r\nDate: now\r\nDates: y\r\nContent-Length: 12\r\n\r\n")
    }

    @Test(arguments: [(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT")])
    func writesDates(_ second: Int, _ text: String) {
        #expect(LoopClock.httpDate(second) == text)
    }
}
