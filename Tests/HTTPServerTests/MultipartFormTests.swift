import HTTP
import HTTPServer
import Primitives
import Testing

struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=b"

    private static func part(_ head: String, _ content: String) -> String {
        "--b\r\nContent-Disposition: form-data; \(head)\r\n\r\n\(content)\r\n"
    }

    private func events(
        _ body: String, known: Set<String> = [], fileLimit: ByteSize = .bytes(.max)
    ) async throws -> [MultipartForm.Event] {
        var form = try MultipartForm(
            contentType: Self.type, body: RequestBody(Bytes(body.utf8)), known: known, fileLimit: fileLimit)
        var events: [MultipartForm.Event] = []
        while let event = try await form.next() { events.append(event) }
        return events
    }

    @Test func knownFieldsAndTheFileComeInTheirOrder() async throws {
        let body =
            Self.part("name=model", "base") + Self.part("name=colour", "red") + Self.part("name=file; filename=a.wav", "sound")
            + Self.part("name=model", "small") + "--b--"
        #expect(
            try await events(body, known: ["model"]) == [
                .field(name: "model", value: "base"), .file(field: "file", name: "a.wav"), .bytes(Bytes("sound".utf8)), .fileEnd,
                .field(name: "model", value: "small"),
            ])
    }

    /// However many fields there are and whatever they are called, they take a bounded amount of memory.
    @Test(arguments: [("x", 30_000, 0), ("model", 30_000, 0), ("x", 40, 60_000), ("model", 40, 60_000)])
    func manyFieldsAreRefused(_ name: String, _ count: Int, _ length: Int) async throws {
        let body = (0..<count).map { Self.part("name=\(name == "x" ? "x\($0)" : name)", String(repeating: "v", count: length)) }
        let problem = await #expect(throws: Problem.self) { try await events(body.joined() + "--b--", known: ["model"]) }
        #expect(problem?.status == .badRequest && problem?.code == "invalid-form")
    }

    @Test func theFileHasItsLimit() async throws {
        let body = Self.part("name=file; filename=a.wav", String(repeating: "s", count: 1000)) + "--b--"
        _ = try await events(body, fileLimit: .bytes(1000))
        let problem = await #expect(throws: Problem.self) { try await events(body, fileLimit: .bytes(999)) }
        #expect(problem?.status == .contentTooLarge && problem?.code == "file-too-large" && problem?.field == "file")
    }

    @Test func aBodyThatIsTooLongIsRefusedBeforeItComes() throws {
        let body = RequestBody(Bytes(repeating: 0, count: 3 << 20))
        let problem = #expect(throws: Problem.self) {
            try MultipartForm(contentType: Self.type, body: body, fileLimit: .bytes(10))
        }
        #expect(problem?.status == .contentTooLarge)
    }

    @Test(arguments: [
        part("name=model", "a"), part("filename=a", "x") + part("filename=b", "y") + "--b--",
        "--b\r\nContent-Disposition: form-data; filename*=UTF-8''%C3%28\r\n\r\nx\r\n--b--",
    ])
    func whatIsWrongIsAProblem(_ body: String) async {
        let problem = await #expect(throws: Problem.self) { try await events(body) }
        #expect(problem?.status == .badRequest)
    }
}
