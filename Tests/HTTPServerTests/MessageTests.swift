import HTTP
import Primitives
import Testing

@Suite struct MessageTests {
    @Test func headersKeepOrderAndIgnoreCase() {
        var headers: HTTPHeaders = ["Content-Type": "text/plain", "X-A": "1"]
        headers.add("x-a", "2")
        #expect(headers["CONTENT-TYPE"] == "text/plain")
        #expect(headers.all("X-a") == ["1", "2"])
        #expect(headers.map(\.name) == ["Content-Type", "X-A", "x-a"])
        headers["X-A"] = "3"
        #expect(headers.all("x-A") == ["3"])
        headers["X-A"] = nil
        #expect(!headers.contains("X-A"))
        #expect(headers.map(\.name) == ["Content-Type"])
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\u{0}b"])
    func headersHoldOneLine(_ value: String) {
        var headers = HTTPHeaders()
        headers.add("X-A\r\n", value)
        #expect(headers.map(\.name) == ["X-A--"])
        #expect(!headers.contains("X-Evil"))
        #expect(headers["X-A--"]?.utf8.allSatisfy { $0 >= 32 } == true)
    }

    @Test func headersSplitLists() {
        let headers: HTTPHeaders = ["Accept": "a, b ,,c", "ACCEPT": "d"]
        #expect(headers.list("accept") == ["a", "b", "c", "d"])
    }

    @Test(arguments: [
        ("a%20b", false, "a b"), ("a+b", true, "a b"), ("a+b", false, "a+b"), ("%C3%A4", false, "ä"), ("%e2%82%ac", true, "€"),
        ("", true, ""),
    ])
    func decodesEscapes(_ text: String, _ plus: Bool, _ decoded: String) {
        #expect(PercentEncoding.decode(text[...], plusIsSpace: plus) == decoded)
    }

    @Test(arguments: ["%", "%2", "%zz", "%ff", "%C3", "%ED%A0%80"])
    func refusesBadEscapes(_ text: String) {
        #expect(PercentEncoding.decode(text[...], plusIsSpace: true) == nil)
    }

    @Test func encodesWhatIsNotAllowed() {
        #expect(PercentEncoding.encode("a b/ä~") == "a%20b%2F%C3%A4~")
        #expect(PercentEncoding.encode("a b/ä:@", allowed: .path) == "a%20b/%C3%A4:@")
        #expect(PercentEncoding.encode("a/b", allowed: .segment) == "a%2Fb")
    }

    @Test func readsQueries() {
        let query = QueryParameters(parsing: "a=1&b=x+y%21&a=2&flag&=e&c=d=e&bad=%zz")
        #expect(query["a"] == "1")
        #expect(query.all("a") == ["1", "2"])
        #expect(query["b"] == "x y!")
        #expect(query["flag"] == "")
        #expect(query["c"] == "d=e")
        #expect(query["bad"] == nil)
        #expect(!query.isWellFormed)
        #expect(QueryParameters(parsing: "x=a%26b&y=%C3%A4").encoded == "x=a%26b&y=%C3%A4")
    }

    @Test func eventsSurviveTheWayThrough() {
        let events = [
            ServerSentEvent(id: "7", event: "job", data: "one\ntwo\r\nthree", retry: 5), ServerSentEvent(id: "7", data: ""),
            ServerSentEvent(id: "7", data: "\u{2028}ä"),
        ]
        let stream = events.flatMap(\.bytes)
        for size in [1, 3, 1000] {
            var parser = ServerSentEventParser()
            let parsed = stride(from: 0, to: stream.count, by: size).flatMap {
                parser.consume(Bytes(stream[$0..<min($0 + size, stream.count)]))
            }
            #expect(parsed.map(\.data) == ["one\ntwo\nthree", "", "\u{2028}ä"])
            #expect(parsed.map(\.event) == ["job", nil, nil])
            #expect(parsed.map(\.id) == ["7", "7", "7"])
            #expect(parsed.first?.retry == 5)
        }
    }

    @Test func eventFieldsHoldOneLine() {
        let event = ServerSentEvent(id: "1\ndata: evil", event: "a\r\nb", data: "x")
        #expect(String(decoding: event.bytes, as: UTF8.self) == "id: 1 data: evil\nevent: a b\ndata: x\n\n")
    }

    @Test func readsMediaTypes() throws {
        let type = try #require(MediaType(parsing: "Text/HTML; charset=UTF-8; title=\"a;\\\"b\""))
        #expect(type.essence == "text/html")
        #expect(type.parameters == ["charset": "UTF-8", "title": "a;\"b"])
        #expect(type.description == "text/html; charset=UTF-8; title=\"a;\\\"b\"")
        #expect(MediaType(parsing: "application/problem+json")?.isJSON == true)
    }

    @Test(arguments: ["", "text", "text/", "/html", "a/b/c", "text/html; charset", "text/html; a=\"b", "te xt/html"])
    func refusesOtherMediaTypes(_ text: String) {
        #expect(MediaType(parsing: text) == nil)
    }

    @Test func problemsNameWhatIsWrong() {
        let problem = Problem(
            status: .badRequest, code: "out-of-range", "too loud", field: "target_lufs", extensions: ["maximum": 0, "status": 1])
        #expect(
            problem.document == [
                "type": "urn:avstudio:problem:out-of-range", "title": "Bad Request", "status": 400, "detail": "too loud",
                "code": "out-of-range",
                "field": "target_lufs", "maximum": 0,
            ])
    }
}
