import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Lists of URLs on the whole road, and what becomes of what has come in part when the service is killed.
@Suite(.serialized) struct IngestTests {
    private static let environment = [
        "AVSTUDIO_FETCH_HOSTS": "127.0.0.1", "AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8",
    ]

    private func film(_ count: Int) -> Bytes { Bytes((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }) }

    @Test func aKilledServiceGoesOnWithWhatItHas() async throws {
        let studio = try await TestStudio.start(environment: Self.environment)
        let host = try await TestNginx.files(locations: "location /slow/ { limit_rate 1m; }")
        let film = film(5 << 20)
        try host.add("slow/film.mp4", film)
        let body: JSONValue = ["parameters": ["urls": .string("Ann \(host.url)/slow/film.mp4")]]
        let id = try await studio.begin("video.ingest", body)
        let folder = studio.folder + "/video/library"
        func partial() -> Int? {
            let name = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.first {
                $0.contains("/.partial/") && !$0.hasSuffix(".json")
            }
            return name.flatMap { try? FileManager.default.attributesOfItem(atPath: folder + "/" + $0)[.size] as? Int }
        }
        try await eventually("some has come") { (partial() ?? 0) > 1 << 20 }
        kill(try studio.pid("video"), SIGKILL)
        let kept = try #require(partial())
        #expect(kept > 1 << 20 && kept < film.count)
        try await studio.up()
        let job = try await studio.ended(id, of: "video")
        #expect(job.state == .succeeded && job.attempts > 1 && job.result?.measurements["successful"] == 1, "\(job)")
        let content = try await studio.send(.get, "/video/library/Ann/film.mp4")
        #expect(content.status == 200 && content.body == film)
        #expect(partial() == nil)
        let jobs = try await studio.json(.get, "/video/jobs?limit=10").document["jobs"]?.arrayValue
        #expect(jobs?.count == 1)
        try host.stop()
        try await studio.stop()
    }

    @Test func theLibraryIsListedServedAndUsed() async throws {
        let studio = try await TestStudio.start(environment: Self.environment)
        let host = try await TestNginx.files()
        let sound = try await Recording.tone(hertz: 440)
        try host.add("tone.wav", sound)
        try host.add("other.bin", film(100))
        let folder = try TemporaryFolder("ingest-cli")
        defer { folder.remove() }
        try "creator,url\nAnn Lee,\(host.url)/tone.wav\nBob,\(host.url)/other.bin\nBob,\(host.url)/none.mp4\n".write(
            toFile: folder.appending("list.csv"), atomically: true, encoding: .utf8)
        let run = try await studio.avstudio(["video", "ingest", "list.csv", "-o", "report.csv"], in: folder.path)
        #expect(run.status == 0, "\(run)")
        let report = try String(contentsOfFile: folder.appending("report.csv"), encoding: .utf8)
        #expect(report.contains("url-answered-404") && report.contains("downloaded"))

        let creators = try await studio.json(.get, "/video/library").document
        #expect(creators["creators"] == ["Ann Lee", "Bob"] && creators["next"] == .null)
        let first = try await studio.json(.get, "/video/library?limit=1").document
        #expect(first["creators"] == ["Ann Lee"] && first["next"] == "Ann Lee")
        let files = try await studio.json(.get, "/video/library/Ann%20Lee").document["files"]?.arrayValue
        #expect(files?.count == 1 && files?[0]["url"] == .string("\(host.url)/tone.wav"), "\(String(describing: files))")
        let path = "/video/library/Ann%20Lee/tone.wav"
        let part = try await studio.send(.get, path, headers: ["Range": "bytes=0-3"])
        #expect(part.status == 206 && part.body == Bytes("RIFF".utf8))
        let registered = try await studio.json(.post, path)
        let file = try #require(registered.document["id"], "\(registered.document)")
        #expect(registered.status == 201)
        let probe = try await studio.json(.post, "/audio/probe", ["input": file], headers: ["Prefer": "wait=60"])
        #expect(probe.document["state"] == "succeeded", "\(probe.document)")

        let made = try await studio.json(.post, "/keys", ["name": "eve", "owner": "eve", "scopes": ["video:run", "files:read"]])
        let key = try #require(made.document["key"]?.stringValue, "\(made.document)")
        #expect(try await studio.json(.get, "/video/library", key: key).document["creators"] == [])
        for path in [path, "/video/library/..%2Fowner%2FAnn%20Lee/tone.wav", "/video/library/Ann%20Lee/.index.jsonl"] {
            #expect(try await studio.send(.get, path, key: key).status >= 400, "\(path)")
        }
        #expect(try await studio.json(.get, "/video/library/Ann%20Lee/.index.jsonl").status == 404)
        #expect(try await studio.json(.delete, path).status == 204)
        #expect(try await studio.json(.get, path).status == 404)
        try host.stop()
        try await studio.stop()
    }

    @Test func badListsAreRefusedAtOnce() async throws {
        let studio = try await TestStudio.start()
        let refused = try await studio.json(
            .post, "/video/ingest", ["parameters": ["urls": "url,creator\nftp://a.example/1,Ann\n"]])
        #expect(refused.status == 422 && refused.document["code"] == "invalid-list", "\(refused.document)")
        #expect(refused.document["detail"]?.stringValue?.contains("line 2") == true, "\(refused.document)")
        let none = try await studio.json(.post, "/video/ingest", ["parameters": [:]], headers: ["Prefer": "wait=30"])
        #expect(none.status == 422 && none.document["code"] == "list-missing", "\(none.document)")
        // Without fetch-hosts this machine is out of reach.
        let inside = try await studio.json(
            .post, "/video/ingest", ["parameters": ["urls": .string("\(studio.url)/healthz")]], headers: ["Prefer": "wait=30"])
        let sums = inside.document["result"]?["measurements"]
        #expect(sums?["failed"] == 1 && sums?["successful"] == 0, "\(inside.document)")
        let report = try #require(inside.document["result"]?["files"]?[0]?["file"]?.stringValue)
        let content = try await studio.send(.get, "/files/\(report)/content")
        #expect(String(decoding: content.body, as: UTF8.self).contains("refused-address"))
        try await studio.stop()
    }
}
