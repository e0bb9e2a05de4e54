import HTTP
import HTTPServer
import Primitives
import Testing

/// What two parsers could read differently is refused, and the connection with it.
@Suite struct SmugglingTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        let status: Int
        var testDescription: String { name }

        init(_ name: String, _ request: String, _ status: Int = 400) {
            (self.name, self.request, self.status) = (name, request, status)
        }
    }

    static let attacks = [
        Attack(
            "length and coding", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Attack(
            "coding and length", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        Attack("two lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        Attack("the same length twice", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        Attack("a list of lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na"),
        Attack("a signed length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na"),
        Attack("a negative length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
        Attack("a hexadecimal length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na"),
        Attack("an endless length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\na"),
        Attack("an empty length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
        Attack("a coding that is not known", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
        Attack("chunked not last", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
        Attack("two codings", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Attack(
            "chunked twice",
            "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Attack("xchunked", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Attack("an empty coding", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n"),
        Attack(
            "a vertical tab before the coding", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{0B}chunked\r\n\r\n0\r\n\r\n"),
        Attack("chunked in HTTP/1.0", "POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Attack("bare line feeds", "GET /x HTTP/1.1\nHost: a\n\n"),
        Attack("a bare line feed after the request line", "GET /x HTTP/1.1\nHost: a\r\n\r\n"),
        Attack("a bare line feed in the header", "GET /x HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        Attack("a bare line feed at the end", "GET /x HTTP/1.1\r\nHost: a\r\n\n"),
        Attack("a bare carriage return", "GET /x HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
        Attack("a bare carriage return first", "\rGET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("a folded header", "GET /x HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"),
        Attack("a header folded by a tab", "GET /x HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n"),
        Attack("a blank before the first header", "GET /x HTTP/1.1\r\n Host: a\r\n\r\n"),
        Attack("a space before the colon", "GET /x HTTP/1.1\r\nHost : a\r\n\r\n"),
        Attack("a tab before the colon", "GET /x HTTP/1.1\r\nHost\t: a\r\n\r\n"),
        Attack("a space in a name", "GET /x HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n"),
        Attack("no name", "GET /x HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
        Attack("no colon", "GET /x HTTP/1.1\r\nHost: a\r\nXY\r\n\r\n"),
        Attack("a control character in a value", "GET /x HTTP/1.1\r\nHost: a\r\nX: b\u{01}c\r\n\r\n"),
        Attack("NUL in a value", "GET /x HTTP/1.1\r\nHost: a\r\nX: b\u{00}c\r\n\r\n"),
        Attack("no host", "GET /x HTTP/1.1\r\n\r\n"),
        Attack("two hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Attack("an empty host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n"),
        Attack("a host with a path", "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Attack("a host with a user", "GET /x HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        Attack("a host with a space", "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Attack("a list of hosts", "GET /x HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        Attack("a host with a bad port", "GET /x HTTP/1.1\r\nHost: a:8x\r\n\r\n"),
        Attack("two spaces in the request line", "GET  /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("a tab in the request line", "GET\t/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("a space after the version", "GET /x HTTP/1.1 \r\nHost: a\r\n\r\n"),
        Attack("a space in the target", "GET /x y HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("a fragment in the target", "GET /x#y HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("a target without slash", "GET x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("a target outside ASCII", "GET /\u{FC} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("no version", "GET /x\r\n\r\n"),
        Attack("a version in lower case", "GET /x http/1.1\r\nHost: a\r\n\r\n"),
        Attack("no HTTP", "\u{16}\u{03}\u{01}\u{02}\r\n\r\n"),
        Attack("a method in lower case", "get /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack("HTTP/2", "GET /x HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        Attack("an unknown method", "BREW /x HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        Attack("a method that is not served", "TRACE /x HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        Attack("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        Attack("an unknown expectation", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: tea\r\n\r\na", 417),
    ]

    @Test(arguments: attacks)
    func refuses(_ attack: Attack) async throws {
        try await withServer(
            routes: { router in
                router.on(.get, "/x") { _ in .text("served") }
                router.on(.post, "/x") { request in .bytes(try await request.body.collect(upTo: .kib(1)), type: "text/plain") }
                router.on(.get, "/smuggled") { _ in .text("smuggled") }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send(attack.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response()
                #expect(response.status == attack.status)
                #expect(response.headers["Connection"] == "close")
                #expect(response.problemCode != nil)
                #expect(try await client.receiveAll().isEmpty, "nothing after the refusal is served")
            })
    }

    @Test(arguments: attacks)
    func refusesInPieces(_ attack: Attack) async throws {
        try await withServer(
            routes: { $0.on(.get, "/x") { _ in .text("served") } },
            test: { server in
                let client = try RawClient(port: server.port)
                let bytes = Bytes(attack.request.utf8)
                for start in stride(from: 0, to: bytes.count, by: 7) {
                    // The server may have refused and closed before the end is sent.
                    do { try await client.send(Bytes(bytes[start..<min(start + 7, bytes.count)])) } catch is RawClient.Failure {
                        break
                    }
                }
                let response = try await client.response()
                #expect(response.status == attack.status)
                #expect(response.headers["Connection"] == "close")
            })
    }

    @Test(arguments: [
        "x\r\n", "\r\n", "-1\r\n", "0x3\r\nabc\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n",
        "3 \r\nabc\r\n",
        "3\rabc", "fffffffffffffffff\r\n", "3;a\nb\r\nabc\r\n0\r\n\r\n", "0\r\n\nX", "0\r\nX: a\n\r\n", "0\r\n X: a\r\n\r\n",
        "3\r\nabc0\r\n\r\n",
    ])
    func refusesMalformedChunks(_ body: String) async throws {
        try await withServer(
            routes: { router in
                router.on(.post, "/x") { request in .bytes(try await request.body.collect(upTo: .kib(1)), type: "text/plain") }
                router.on(.get, "/smuggled") { _ in .text("smuggled") }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send(
                    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
                )
                let response = try await client.response()
                #expect(response.status == 400)
                #expect(response.problemCode == "malformed-chunk")
                #expect(response.headers["Connection"] == "close")
                #expect(try await client.receiveAll().isEmpty)
            })
    }

    @Test(arguments: ["Transfer-Encoding: Chunked", "Transfer-Encoding:chunked", "transfer-encoding: chunked "])
    func acceptsChunkedHoweverItIsSpelled(_ field: String) async throws {
        try await withServer(
            routes: { router in
                router.on(.post, "/x") { request in .bytes(try await request.body.collect(upTo: .kib(1)), type: "text/plain") }
            },
            test: { server in
                let client = try RawClient(port: server.port)
                try await client.send(
                    "POST /x HTTP/1.1\r\nHost: [::1]:80\r\n\(field)\r\n\r\n3;name=\"v\"\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n"
                )
                #expect(try await client.response().text == "abcde")
                try await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz")
                #expect(try await client.response().text == "xyz")
            })
    }
}
