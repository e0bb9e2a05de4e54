import FoundationEssentials
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// `/v1/audio/transcriptions` with forms that are not what they should be, and what is left of a call.
@Suite(.serialized) struct OpenAITranscriptionTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static var areModelsWanted: Bool { ClientPrograms.areWanted(root + "/var/models/registry.json") }
    private static let limit = 400_000

    private static func field(_ name: String, _ value: String) -> Bytes {
        Bytes("--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }

    private static func file(_ content: Bytes, in field: String = "file") -> Bytes {
        Bytes("--b\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"../a\u{7}b.wav\"\r\n\r\n".utf8) + content
            + Bytes("\r\n".utf8)
    }

    private static func send(
        _ parts: [Bytes], to studio: TestStudio, _ path: String = "transcriptions"
    ) async throws -> (status: Int, error: JSONValue, body: Bytes) {
        let body = Bytes(parts.joined()) + Bytes("--b--\r\n".utf8)
        let answer = try await studio.send(
            .post, "/v1/audio/\(path)", body: body, headers: ["Content-Type": "multipart/form-data; boundary=b"])
        return (answer.status, (try? JSONValue(parsing: answer.body)["error"]) ?? .null, answer.body)
    }

    /// Names of the caller's files, and how many uploads lie unfinished.
    private static func leftovers(_ studio: TestStudio) async throws -> [String] {
        let files = try await studio.json(.get, "/files?limit=500").document["files"]?.arrayValue ?? []
        let partials = try FileManager.default.subpathsOfDirectory(atPath: studio.folder + "/blobs").filter {
            $0.hasPrefix("incoming/")
        }
        return files.compactMap { $0["name"]?.stringValue } + partials
    }

    @Test(.enabled(if: areModelsWanted, "deploy/models install puts the models here")) func nothingOfACallIsLeft() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_MAXIMUM_FILE_BYTES": "\(Self.limit)"])
        let noise = Bytes((0..<Self.limit + 100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })

        // Past the limit: refused while it comes, in the shape that OpenAI's SDKs read.
        let large = try await Self.send([Self.file(noise)], to: studio)
        #expect(large.status == 413, "\(String(decoding: large.body.prefix(300), as: UTF8.self))")
        #expect(large.error["code"] == "file-too-large" && large.error["type"] == "invalid_request_error")
        #expect(large.error["param"] == "file" && large.error["message"]?.stringValue?.contains("\(Self.limit)") == true)

        // What comes before the recording is looked at before the recording is taken.
        let unknown = try await Self.send([Self.field("model", "nobody"), Self.file(noise)], to: studio)
        #expect(unknown.status == 409 && unknown.error["code"] == "model-missing", "\(unknown)")
        let format = try await Self.send([Self.field("response_format", "docx"), Self.file(noise)], to: studio)
        #expect(format.status == 400 && format.error["param"] == "response_format")
        let after = try await Self.send([Self.file(Bytes(noise.prefix(1000))), Self.field("model", "nobody")], to: studio)
        #expect(after.status == 409)

        let fields = (0..<30_000).map { Self.field("x\($0)", "v") }
        #expect(try await Self.send(fields, to: studio).status == 400)
        #expect(try await Self.send([Self.file([1], in: "sound")], to: studio).error["param"] == "sound")
        let letter = try await Self.send([Self.file(Bytes("Dear all, no sound here.".utf8))], to: studio)
        #expect(letter.status == 400 && letter.error["code"] == "not-media", "\(letter)")
        #expect(try await Self.leftovers(studio) == [])

        for _ in 0..<2 {
            // The second time the answer comes from the cache.
            let good = try await Self.send(
                [Self.field("colour", "red"), Self.file(try await Self.silence()), Self.field("response_format", "json")],
                to: studio)
            #expect(good.status == 200, "\(String(decoding: good.body, as: UTF8.self))")
            #expect(try JSONValue(parsing: good.body)["text"] == "")
            #expect(try await Self.leftovers(studio) == [])
        }

        // A client that leaves ends its job, and that is no failure.
        let long = try await Self.silence(seconds: 1800)
        let call = Task { try await Self.send([Self.file(long)], to: studio) }
        try await eventually("the call's job runs") {
            try await Self.jobs(studio).first?["state"] == "running"
        }
        call.cancel()
        _ = await call.result
        try await eventually("its job is cancelled") { try await Self.jobs(studio).first?["state"] == "cancelled" }
        try await eventually("its upload is gone") { try await Self.leftovers(studio) == [] }
        let log = try String(contentsOfFile: studio.folder + "/log/audio.log", encoding: .utf8)
        #expect(!log.contains(#""level":"error""#), "\(log.suffix(2000))")
        try await studio.stop()
    }

    /// The service is killed in the middle of a call: it lets the upload go when it starts again, and ends the job, which nobody
    /// waits for any more.
    @Test(.enabled(if: areModelsWanted, "deploy/models install puts the models here")) func aKilledServiceLeavesNoUpload()
        async throws
    {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_ACK_WAIT_SECONDS": "2"])
        let kept = try await studio.upload(try await Self.silence(), name: "kept.flac")
        let long = try await Self.silence(seconds: 1800)
        let call = Task { try await Self.send([Self.file(long)], to: studio) }
        try await eventually("the call's job runs") { try await Self.jobs(studio).first?["state"] == "running" }
        kill(try studio.pid("audio"), SIGKILL)
        _ = await call.result
        // The gateway has not heard of it.
        #expect(try await Self.leftovers(studio).count == 2)
        try await studio.up()
        try await eventually("the upload is gone") { try await Self.leftovers(studio) == ["kept.flac"] }
        try await eventually("its job is ended") { try await Self.jobs(studio).first?["state"] == "cancelled" }
        #expect(try await studio.send(.get, "/files/\(kept)/content").status == 200)
        try await studio.stop()
    }

    private static func jobs(_ studio: TestStudio) async throws -> [JSONValue] {
        try await studio.json(.get, "/audio/jobs").document["jobs"]?.arrayValue ?? []
    }

    private static func silence(seconds: Int = 1) async throws -> Bytes {
        let folder = try TemporaryFolder("silence")
        let path = folder.appending("silence.flac")
        let run = try await CommandRun.run(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "\(seconds)", path])
        try #require(run.status == 0, "\(run.errors)")
        return Bytes(try Data(contentsOf: URL(filePath: path)))
    }
}
