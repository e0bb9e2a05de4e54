import Foundation
import Primitives
import TestSupport
import Testing

@testable import VideoCore

/// What a table of captions may take, and how long a gateway is waited for.
@Suite struct RewriteBoundsTests {
    private func with<T>(
        _ table: String, gateway: String = "http://127.0.0.1:9", patience: Duration = .zero,
        _ body: (inout CaptionRewriting, _ input: String, _ output: String) async throws -> T
    ) async throws -> T {
        let folder = try TemporaryFolder("rewrite-bounds")
        defer { folder.remove() }
        try Data(table.utf8).write(to: URL(filePath: folder.appending("in.csv")))
        let client = try ModelClient(gateway: gateway, key: "avs_key", patience: patience)
        var rewriting = CaptionRewriting(
            .init(
                column: "caption", output: "rewritten", instruction: "shorter", model: "gpt", rowsPerCall: 1, callsAtOnce: 1,
                maximumTokens: nil), client: client)
        let result: Result<T, any Error>
        do {
            result = .success(try await body(&rewriting, folder.appending("in.csv"), folder.appending("out.csv")))
        } catch {
            result = .failure(error)
        }
        await client.close()
        return try result.get()
    }

    private func refusal(_ table: String) async throws -> RewriteError? {
        try await with(table) { rewriting, input, _ in #expect(throws: RewriteError.self) { _ = try rewriting.count(input) } }
    }

    @Test func whatIsTooLargeIsRefusedBeforeItIsPaid() async throws {
        let most = CaptionTable.mostColumns
        let commas = String(repeating: ",", count: 1 << 19)
        #expect(try await refusal("caption\(commas)\na\n") == .tooManyColumns(commas.count + 1, most: most))
        let long = String(repeating: "x", count: CaptionTable.mostCaptionBytes)
        #expect(try await with("caption\n\(long)\n") { rewriting, input, _ in try rewriting.count(input) } == 1)
        #expect(
            try await refusal("caption\na\n\(long)x\n") == .captionTooLong(line: 3, most: CaptionTable.mostCaptionBytes))
        // A mebibyte that would become half a gibibyte.
        let wide = "caption" + String(repeating: ",", count: most - 1) + "\n"
        let rows = String(repeating: "a\n", count: CaptionTable.mostBytes / most + 1)
        #expect(try await refusal(wide + rows) == .tableTooLarge(most: CaptionTable.mostBytes))
    }

    /// Rows with nothing to ask: of a narrow table thousands wait, of a wide one only as many as fill some mebibytes.
    @Test(arguments: [(2, 9000, 4096), (CaptionTable.mostColumns, 1200, 524)])
    func rowsThatWaitAreFew(columns: Int, rows: Int, most: Int) async throws {
        let table = "caption" + String(repeating: ",", count: columns - 1) + "\n" + String(repeating: ",\n", count: rows)
        let steps = try await with(table) { rewriting, input, output in
            var steps = [0]
            let outcome = try await rewriting.run(input, to: output) { steps.append($0) }
            #expect(outcome.kept == rows)
            return steps
        }
        let widths = zip(steps.dropFirst(), steps).map { $0 - $1 }
        #expect(widths.count > 2 && widths.allSatisfy { $0 <= most } && steps.last == rows, "\(widths)")
    }

    @Test func anAnswerThatIsTooLongIsNone() throws {
        let question = RewriteQuestion(captions: ["a", "b"], instruction: "", model: "", maximumTokens: nil)
        let long = String(repeating: "x", count: CaptionTable.mostCaptionBytes + 1)
        let texts = question.answer(in: "{\"captions\": [{\"id\": 1, \"text\": \"\(long)\"}, {\"id\": 2, \"text\": \"c\"}]}")
        #expect(texts == [nil, "c"])
    }

    /// The gateway begins to answer only when it has been asked more often than refusals are asked again.
    @Test func aGatewayThatStartsIsWaitedFor() async throws {
        let folder = try TemporaryFolder("gateway-log")
        defer { folder.remove() }
        let log = folder.appending("asked.log")
        try await withFileHost(
            locations: "location /base/ { access_log \(log); if (!-f $request_filename) { return 444; } error_page 405 =200 $uri; }"
        ) { host in
            async let outcome = with("caption\na\n", gateway: host.url + "/base/", patience: .seconds(60)) {
                rewriting, input, output in
                try await rewriting.run(input, to: output) { _ in }
            }
            try await eventually("it has been asked in vain", within: .seconds(60)) {
                ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").count > 4
            }
            let content: JSONValue = ["captions": [["id": 1, "text": "b"]]]
            let text = String(decoding: content.serialized(), as: UTF8.self)
            let answer: JSONValue = ["choices": [["message": ["content": .string(text)]]]]
            try host.add("base/v1/chat/completions", answer.serialized())
            let done = try await outcome
            #expect(done.rewritten == 1 && done.failed == 0 && done.usage.failedCalls > 4, "\(done)")
        }
    }

    @Test func aGatewayThatStaysAwayEndsTheAttemptOnly() async throws {
        try await withFileHost(locations: "location / { return 444; }") { host in
            // Fewer calls than make it give up, and more.
            for rows in [1, 20] {
                let table = "caption\n" + String(repeating: "a\n", count: rows)
                let error = try await with(table, gateway: host.url) { rewriting, input, output in
                    await #expect(throws: ModelCallError.self) { _ = try await rewriting.run(input, to: output) { _ in } }
                }
                #expect(error?.code == "gateway-unreachable" && error?.isRetriable == true, "\(String(describing: error))")
            }
        }
    }

    /// Each call of it may have been paid: it is not made as often as a gateway that is away is asked.
    @Test func anAnswerWithoutEndIsAskedForAFewTimes() async throws {
        let folder = try TemporaryFolder("gateway-log")
        defer { folder.remove() }
        let log = folder.appending("asked.log")
        try await withFileHost(locations: "access_log \(log); error_page 405 =200 $uri;") { host in
            try host.add("v1/chat/completions", Bytes(repeating: 0x20, count: 5 << 20))
            let error = try await with("caption\na\n", gateway: host.url, patience: .seconds(60)) { rewriting, input, output in
                await #expect(throws: ModelCallError.self) { _ = try await rewriting.run(input, to: output) { _ in } }
            }
            #expect(error?.code == "body-too-large", "\(String(describing: error))")
            #expect(try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").count == 4)
        }
    }

    @Test func whoIsRefusedIsNotTriedAgain() async throws {
        try await withFileHost(locations: "location / { return 401; }") { host in
            let error = try await with("caption\na\n", gateway: host.url) { rewriting, input, output in
                await #expect(throws: ModelCallError.self) { _ = try await rewriting.run(input, to: output) { _ in } }
            }
            #expect(error?.code == "http-401" && error?.isRetriable == false, "\(String(describing: error))")
        }
        #expect(throws: (any Error).self) { try ModelClient(gateway: "file:///etc", key: "") }
    }
}
