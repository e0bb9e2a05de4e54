import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Operations that ask language models, on the whole road: nginx, gateway, the video service, its sandbox, and the gateway again,
/// before a stand-in for the models' provider.
@Suite(.serialized) struct VideoModelTests {
    private static let captions = Bytes(
        "1\n00:00:00,500 --> 00:00:01,500\nHello\n\n2\n00:00:02,500 --> 00:00:03,500\nYou are a fool\n".utf8)

    /// Four seconds; the frames at 0 and 2 s are looked at.
    private func film() async throws -> Bytes {
        try await Recording.made("film.mp4") { folder in
            [
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-pix_fmt", "yuv420p", "-c:v",
                "libx264", "-preset", "ultrafast", folder + "/film.mp4",
            ]
        }
    }

    private func with(_ body: (TestStudio, ModelProviderServer) async throws -> Void) async throws {
        let home = try ModelHome()
        do {
            let studio = try await TestStudio.start(
                environment: home.environment.merging(["AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8"]) { $1 })
            do { try await body(studio, home.provider) } catch {
                try await studio.stop()
                throw error
            }
            try await studio.stop()
        } catch {
            await home.remove()
            throw error
        }
        await home.remove()
    }

    /// Scores of two frames or captions.
    private func rate(_ first: Double, _ second: Double) -> ModelProviderServer.Turn {
        let items = [first, second].enumerated().map { index, score -> JSONValue in
            ["id": JSONValue(index + 1), "scores": ["sexual": 0, "harassment": .number(score)], "note": "seen"]
        }
        return .say(String(decoding: (["items": .array(items)] as JSONValue).serialized(), as: UTF8.self))
    }

    private let wishes: [String: JSONValue] = [
        "model": "gpt", "interval_s": 2, "items_per_call": 2, "calls_at_once": 1, "categories": "sexual,harassment=0.7",
    ]

    /// A member's key pays; the process that takes the frames is killed once on the way.
    @Test func aFilmIsModerated() async throws {
        try await with { studio, provider in
            let made = try await studio.json(.post, "/keys", ["name": "caller", "owner": "ann", "scopes": ["llm"]])
            let key = try #require(made.document["key"], "\(made.document)")
            let captions = try await studio.upload(Self.captions, name: "c.srt")
            // The process may be done before it is killed.
            var (rounds, isHit) = (0, false)
            while !isHit, rounds < 5 {
                rounds += 1
                let film = try await studio.upload(try await film(), name: "film-\(rounds).mp4")
                isHit = try await moderate([.string(film), .string(captions)], key, studio, provider) > 1
                #expect(provider.seen.count == 2 * rounds, "nothing is paid before the frames are there")
            }
            #expect(isHit, "the frames were always there before")
            let asked = try #require(provider.seen.first?.body)
            #expect(String(decoding: asked.serialized(), as: UTF8.self).components(separatedBy: "image_url").count > 2)
            try await eventually("the key has paid") {
                let cost = try await studio.json(.get, "/gateway/cost?by=key").document
                let payers = cost["groups"]?.arrayValue?.map { $0["group"] }
                return payers == [made.document["id"]] && cost["total"]?["calls"]?.integerValue == Int64(2 * rounds)
            }
        }
    }

    /// - Returns: how often the job was begun.
    private func moderate(
        _ inputs: [JSONValue], _ key: JSONValue, _ studio: TestStudio, _ provider: ModelProviderServer
    ) async throws -> Int {
        provider.script(rate(0.1, 0.2), rate(0, 0.75))
        let ended = try await studio.killedVideoJob(
            "moderate", inputs, .object(wishes.merging(["access_key": key]) { $1 }), after: 0, within: .seconds(60))
        let found = try #require(ended.result?.measurements, "\(ended)")
        #expect(ended.state == .succeeded, "\(ended)")
        #expect(found["verdict"] == "fail" && found["frames"] == 2 && found["captions"] == 2 && found["calls"] == 2, "\(found)")
        #expect(found["findings"]?.arrayValue?.count == 1 && found["findings"]?[0]?["start_seconds"] == 2.5, "\(found)")
        let report = try #require(ended.result?.files.first { $0.name.hasSuffix("-moderation.txt") }?.file)
        #expect(String(decoding: try await studio.send(.get, "/files/\(report)/content").body, as: UTF8.self).contains("fail"))
        return ended.attempts
    }

    /// The service is killed while a model thinks: what was answered before is not paid for again.
    @Test func aKilledServiceRewritesTheRest() async throws {
        try await with { studio, provider in
            func say(_ text: String) -> ModelProviderServer.Turn {
                .say("{\"captions\": [{\"id\": 1, \"text\": \"\(text)\"}]}")
            }
            provider.script(say("uno"), say("dos"), .hangBeforeHead, say("tres"), say("cuatro"))
            let table = try await studio.upload(Bytes("caption\none\ntwo\nthree\nfour\n".utf8), name: "list.csv")
            let id = try await studio.begin(
                "video.rewrite",
                [
                    "input": .string(table),
                    "parameters": [
                        "instruction": "In Spanish.", "model": "gpt", "access_key": .string(studio.ownerKey), "rows_per_call": 1,
                        "calls_at_once": 1,
                    ],
                ])
            try await eventually("the model thinks about the third") { provider.seen.count == 3 }
            kill(try studio.pid("video"), SIGKILL)
            try await studio.up()
            let ended = try await studio.ended(id, of: "video")
            #expect(ended.state == .succeeded && ended.attempts > 1, "\(ended)")
            let file = try #require(ended.result?.files.first?.file)
            let rows = try CSV.rows(try await studio.send(.get, "/files/\(file)/content").body)
            #expect(rows.dropFirst().map { $0[1] } == ["uno", "dos", "tres", "cuatro"], "\(rows)")
            #expect(provider.seen.count == 5)
            let jobs = try await studio.json(.get, "/video/jobs?limit=10").document["jobs"]?.arrayValue
            #expect(jobs?.count == 1)
        }
    }

    @Test func theCommandLineModeratesAndRewrites() async throws {
        try await with { studio, provider in
            let folder = try TemporaryFolder("models-cli")
            defer { folder.remove() }
            try Data(try await film()).write(to: URL(filePath: folder.appending("film.mp4")))
            try Data("caption\none\ntwo\n".utf8).write(to: URL(filePath: folder.appending("list.csv")))
            provider.script(rate(0, 0.1), .say("{\"captions\": [{\"id\": 1, \"text\": \"uno\"}, {\"id\": 2, \"text\": \"dos\"}]}"))
            let flags = ["--interval-s", "2", "--categories", "sexual,harassment", "--formats", "text"]
            let door = ["--model", "gpt", "--access-key", studio.ownerKey]
            let moderated = try await studio.avstudio(
                ["video", "moderate", "film.mp4"] + flags + door + ["-o", "report.txt"], in: folder.path)
            try #require(moderated.status == 0, "\(moderated)")
            let report = try String(contentsOfFile: folder.appending("report.txt"), encoding: .utf8)
            #expect(report.hasPrefix("film.mp4: pass"), "\(report)")
            let rewritten = try await studio.avstudio(
                ["video", "rewrite", "list.csv", "--instruction", "In Spanish."] + door + ["-o", "new.csv"], in: folder.path)
            try #require(rewritten.status == 0, "\(rewritten)")
            let rows = try CSV.rows(Bytes(try Data(contentsOf: URL(filePath: folder.appending("new.csv")))))
            #expect(rows.dropFirst().map { $0[1] } == ["uno", "dos"], "\(rows)")
        }
    }
}
