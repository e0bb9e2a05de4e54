import Contracts
import Foundation
import HTTP
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// `video.rewrite` through the real gateway, before a stand-in for the providers of models.
@Suite struct RewriteOperationTests {
    private func with(_ body: (ModelFixture) async throws -> Void) async throws { try await ModelFixture.with(body) }

    @Test func captionsAreRewrittenInCallsOfSeveralRows() async throws {
        try await with { place in
            place.provider.script(place.say(["uno", "dos"]), place.say(["uno", "dos"]))
            let key = try await place.key("llm")
            let (rows, measured) = try await place.rewrite(
                "id,caption\r\n1,\"one, quoted \"\"so\"\"\"\r\n2,two\r\n3,\r\n4,\"four\nlines\"\r\n",
                ["rows_per_call": 2, "calls_at_once": 1, "access_key": key.text])
            #expect(rows[0] == ["id", "caption", "rewritten", "rewrite_status", "rewrite_problem"])
            #expect(rows[1] == ["1", "one, quoted \"so\"", "uno", "rewritten", ""] && rows[2][2] == "dos", "\(rows)")
            #expect(rows[3] == ["3", "", "", "kept", ""] && rows[4] == ["4", "four\nlines", "uno", "rewritten", ""], "\(rows)")
            #expect(
                measured["rewritten"] == 3 && measured["kept"] == 1 && measured["failed"] == 0 && measured["calls"] == 2,
                "\(measured)")
            #expect(measured["output_tokens"]?.integerValue == Int64(2 * ModelProviderServer.outputTokens))
            let asked = try #require(place.provider.seen.first?.body["messages"])
            let text = String(decoding: asked.serialized(), as: UTF8.self)
            #expect(text.contains("Make it shorter.") && text.contains("quoted") && !text.contains("four"))
            // It is the caller's money: the ledger is a fraction of a second behind.
            var groups: [JSONValue] = []
            try await eventually("the ledger has both calls") {
                let cost = try await place.gateway.json(.get, "/gateway/cost?by=key").document
                groups = cost["groups"]?.arrayValue ?? []
                return cost["total"]?["calls"] == 2
            }
            #expect(groups.count == 1 && groups.first?["group"]?.stringValue == key.id, "\(groups)")
            #expect((groups.first?["cost"]?.doubleValue ?? 0) > 0, "\(groups)")
        }
    }

    @Test func rowsThatFailKeepTheirsAndSayWhy() async throws {
        try await with { place in
            // A whole call in other words, twice as often as it is asked; then one that leaves a caption out.
            place.provider.script(.say("I can not."), .say("{}"), .say("{\"captions\": 7}"), .say("no"))
            place.provider.script(place.say(["uno"]))
            let table = "caption\none\ntwo\nthree\nfour\n"
            let (rows, measured) = try await place.rewrite(table, ["rows_per_call": 2, "calls_at_once": 1])
            #expect(
                rows[1][1...] == ["one", "failed", "answer-unreadable: the model's answer is not what was asked for"], "\(rows)")
            #expect(rows[3][1...] == ["uno", "rewritten", ""] && rows[4][2] == "failed" && rows[4][1] == "four", "\(rows)")
            #expect(measured["errors"] == ["answer-unreadable": 2, "answer-incomplete": 1], "\(measured)")
            #expect(measured["failures"]?[0]?["row"] == 1 && measured["failures"]?[2]?["row"] == 4, "\(measured)")
            // What came out goes in again: only the rows that failed are asked about.
            let before = place.provider.seen.count
            place.provider.script(place.say(["a", "b", "c"]))
            let again = rows.map { CSV.line($0) }.joined()
            let (second, mended) = try await place.rewrite(again)
            #expect(second.dropFirst().map { $0[1] } == ["a", "b", "uno", "c"] && second.allSatisfy { $0.count == 4 }, "\(second)")
            #expect(mended["rewritten"] == 3 && mended["kept"] == 1 && place.provider.seen.count == before + 1, "\(mended)")
        }
    }

    /// The gateway itself tries a provider again; what is still refused then is asked again from here.
    @Test(arguments: [429, 500]) func whatPassesIsWaitedFor(_ status: Int) async throws {
        try await with { place in
            for _ in 0..<3 { place.provider.script(.refuse(status: status, retryAfter: "0")) }
            place.provider.script(place.say(["uno"]), place.say(["uno"]))
            let (rows, measured) = try await place.rewrite("caption\none\n")
            #expect(rows[1][1] == "uno" && measured["rewritten"] == 1, "\(rows) \(measured)")
        }
    }

    @Test func whoIsRefusedIsToldSoAtOnce() async throws {
        try await with { place in
            #expect(await place.failure("caption\none\n", ["access_key": "avs_no_key"]).hasPrefix("invalid_api_key: "))
            let unknown = await place.failure("caption\none\n", ["model": "nobody"])
            #expect(unknown.contains("nobody"), "\(unknown)")
            let deaf = try await place.key("files:read").text
            #expect(await place.failure("caption\none\n", ["access_key": deaf]).contains("llm"))
            #expect(place.provider.seen.isEmpty)
        }
    }

    @Test func tablesAreLookedThroughBeforeAnythingIsPaid() async throws {
        try await with { place in
            #expect(await place.failure("text\none\n").hasPrefix("column-missing: column: there is no column caption"))
            #expect(await place.failure("caption\n").hasPrefix("no-rows"))
            #expect(await place.failure("").hasPrefix("no-rows"))
            let broken = Bytes("caption\none\n".utf8) + [0xFF, 0xFE, 10]
            #expect(await place.failure("", bytes: broken) == "invalid-csv: line 3: the text is not UTF-8")
            #expect(await place.failure("caption\none\n\"two\n").hasPrefix("invalid-csv: line 3"))
            #expect(await place.failure("caption\none,two\n").hasPrefix("invalid-csv: line 2"))
            #expect(await place.failure("caption\none\n", ["output_column": "caption"]).hasPrefix("output-not-possible"))
            #expect(await place.failure("caption\none\n", ["instruction": " "]).hasPrefix("output-not-possible: instruction"))
            #expect(place.provider.seen.isEmpty)
        }
    }

    /// Ten thousand rows; half way the run is ended, and another does the rest: the gateway gives again what was paid for.
    @Test func manyRowsGoOnWhereAnEndedRunWas() async throws {
        try await with { place in
            let table = "n,caption\n" + (1...10_000).map { "\($0),caption \($0)\n" }.joined()
            let answer = place.say((1...100).map { "new \($0)" })
            for number in 1...160 { place.provider.script(number == 20 ? .hangBeforeHead : answer) }
            let first = Task { try await place.rewrite(table, ["rows_per_call": 100]) }
            // The twentieth is never answered: no other begins behind those that are under way with it.
            try await eventually("some calls have been made") { place.provider.seen.count >= 20 }
            first.cancel()
            await #expect(throws: (any Error).self) { try await first.value }
            #expect(place.provider.seen.count == 20)
            let (rows, measured) = try await place.rewrite(table, ["rows_per_call": 100])
            #expect(rows.count == 10_001 && measured["rewritten"] == 10_000 && measured["calls"] == 100, "\(measured)")
            #expect(rows[10_000] == ["10000", "caption 10000", "new 100", "rewritten", ""] && rows[4321][2] == "new 21")
            // At most the calls that were under way are made twice.
            #expect((101...104).contains(place.provider.seen.count), "\(place.provider.seen.count)")
        }
    }
}

extension ModelFixture {
    /// Runs the operation on a table.
    fileprivate func rewrite(
        _ table: String, _ parameters: [String: JSONValue] = [:], bytes: Bytes? = nil
    ) async throws -> (rows: [[String]], measured: JSONValue) {
        let operation = try #require(VideoOperations.catalogue["video.rewrite"])
        let standard: [String: JSONValue] = [
            "instruction": "Make it shorter.", "model": "gpt", "access_key": .string(gateway.ownerKey),
        ]
        let canonical = try operation.canonicalParameters(.object(standard.merging(parameters) { $1 }))
        try operation.check(canonical, resources: [:])
        let (path, output) = (folder.appending("table.csv"), folder.appending("out-" + UUID().uuidString))
        try Data(bytes ?? Bytes(table.utf8)).write(to: URL(filePath: path))
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let context = JobContext(
            inputs: [.init(path: path, name: "captions.csv", mediaType: "text/csv")], outputFolder: output,
            surroundings: Surroundings(gatewayURL: gateway.url))
        let result = try await operation.run(canonical, in: context)
        #expect(result.files.map(\.name) == ["captions-rewritten.csv"])
        let written = Bytes(try Data(contentsOf: URL(filePath: output + "/captions-rewritten.csv")))
        return (try CSV.rows(written), result.measurements)
    }

    fileprivate func failure(_ table: String, _ parameters: [String: JSONValue] = [:], bytes: Bytes? = nil) async -> String {
        do {
            _ = try await rewrite(table, parameters, bytes: bytes)
            return ""
        } catch {
            return (error as? any CodedError).map { "\($0.code): \($0.message)" } ?? "\(error)"
        }
    }

    /// An answer with new captions for as many rows of a call as are wanted.
    fileprivate func say(_ texts: [String]) -> ModelProviderServer.Turn {
        let list = texts.enumerated().map { ["id": JSONValue($0.offset + 1), "text": .string($0.element)] as JSONValue }
        let answer = String(decoding: (["captions": .array(list)] as JSONValue).serialized(), as: UTF8.self)
        return .say("Here you are:\n```json\n\(answer)\n```")
    }
}
