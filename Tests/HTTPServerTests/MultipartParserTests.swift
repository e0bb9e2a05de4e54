import HTTP
import Primitives
import Testing

struct MultipartParserTests {
    private static let form =
        "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--X\r\n"
        + "content-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n\r\n-\r\n--\r\n--Y\r\rx\r\n--X--\r\nepilogue"

    /// What a form holds, however its bytes are cut.
    private func parts(_ bytes: Bytes, pieces: Int) throws -> [(disposition: String, content: Bytes)]? {
        var parser = try MultipartParser(boundary: "X")
        var parts: [(disposition: String, content: Bytes)] = []
        var (rest, ended) = (bytes[...], 0)
        while true {
            switch try parser.next() {
            case .needsBytes:
                guard !rest.isEmpty else { return nil }
                parser.feed(Bytes(rest.prefix(pieces)))
                rest = rest.dropFirst(pieces)
            case .part(let disposition): parts.append((disposition, []))
            case .bytes(let bytes): parts[parts.count - 1].content += bytes
            case .partEnd: ended += 1
            case .end:
                #expect(ended == parts.count)
                return parts
            }
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 16, 64, 10_000]) func theCutDoesNotMatter(_ pieces: Int) throws {
        let parts = try #require(try parts(Bytes(Self.form.utf8), pieces: pieces))
        #expect(parts.map(\.disposition) == ["form-data; name=\"note\"", "form-data; name=\"file\"; filename=\"a.wav\""])
        #expect(parts.map(\.content) == [Bytes("hello".utf8), Bytes("\r\n-\r\n--\r\n--Y\r\rx".utf8)])
    }

    @Test func binaryContentComesThrough() throws {
        let content = Bytes((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 9) }) + [13, 10, 45, 45]
        let form = Bytes("--X\r\nContent-Disposition: form-data; filename=a\r\n\r\n".utf8) + content + Bytes("\r\n--X--".utf8)
        for pieces in [997, 65_536] { #expect(try parts(form, pieces: pieces)?.first?.content == content) }
    }

    @Test(arguments: [
        ("--X--", [String]()), ("--X--\r\n", []), ("preamble\r\n--X--", []), ("--X\r\n\r\n\r\n--X--", [""]),
        ("--X \t\r\n\r\nabc\r\n--X--", ["abc"]),
    ])
    func oddButRight(_ form: String, _ contents: [String]) throws {
        let parts = try #require(try parts(Bytes(form.utf8), pieces: 4))
        #expect(parts.map { String(decoding: $0.content, as: UTF8.self) } == contents)
    }

    @Test(arguments: ["", "--X", "--X\r\n", "--X\r\nContent-Disposition: form-data\r\n\r\nabc", "--X\r\n\r\nabc\r\n--X"])
    func whatBreaksOffNeverEnds(_ form: String) throws {
        #expect(try parts(Bytes(form.utf8), pieces: 3) == nil)
    }

    @Test(arguments: [
        "--Xyz\r\n\r\nabc\r\n--X--", "--X\r\n" + String(repeating: "Header: x\r\n", count: 3000),
        String(repeating: "p", count: 100_000),
    ])
    func whatIsNoFormIsRefused(_ form: String) {
        #expect(throws: Problem.self) { try parts(Bytes(form.utf8), pieces: 1000) }
    }

    @Test(arguments: ["", String(repeating: "b", count: 71)]) func boundariesHaveALength(_ boundary: String) {
        #expect(throws: Problem.self) { try MultipartParser(boundary: boundary) }
    }
}
