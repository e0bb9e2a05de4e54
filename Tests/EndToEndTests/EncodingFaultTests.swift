import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Encoding on the whole road, and what becomes of it when its service is killed.
@Suite(.serialized) struct EncodingFaultTests {
    private func film(_ seconds: Int) async throws -> Bytes {
        let folder = try TemporaryFolder("film")
        defer { folder.remove() }
        let path = folder.appending("film.mp4")
        let run = try await CommandRun.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=\(seconds)", "-f", "lavfi", "-i",
                "sine=d=\(seconds)",
                "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", path,
            ])
        try #require(run.status == 0, "\(run.errors)")
        return Bytes(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func aKilledServiceEndsItsJobOnceAndWhole() async throws {
        let studio = try await TestStudio.start(
            environment: ["AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8"])
        let file = try await studio.upload(try await film(8), name: "film.mp4")
        let id = try await studio.begin(
            "video.transcode", ["input": .string(file), "parameters": ["speed": "slow", "encoder": "software"]])
        try await eventually("the encoding is on") {
            let job = try await studio.json(.get, "/video/jobs/\(id)").document
            return (job["progress"]?.doubleValue ?? 0) > 0
        }
        kill(try studio.pid("video"), SIGKILL)
        try await studio.up()
        let job = try await studio.ended(id, of: "video")
        #expect(job.state == .succeeded && job.attempts > 1, "\(job)")
        #expect(job.result?.files.count == 1 && job.result?.measurements["output"]?["frames"] == 200)
        let jobs = try await studio.json(.get, "/video/jobs?limit=10").document["jobs"]?.arrayValue
        #expect(jobs?.count == 1)
        try await studio.stop()
    }

    @Test func commandLineEncodes() async throws {
        let studio = try await TestStudio.start()
        let folder = try TemporaryFolder("encoding-cli")
        defer { folder.remove() }
        try Data(try await film(1)).write(to: URL(fileURLWithPath: folder.appending("film.mp4")))
        for arguments in [
            ["transcode", "film.mp4", "--preset", "tiktok", "--speed", "ultrafast", "-o", "tiktok.mp4"],
            ["concat", "film.mp4", "film.mp4", "-o", "joined.mp4"], ["audio", "film.mp4", "--format", "mp3", "-o", "sound.mp3"],
            ["variants", "film.mp4", "--count", "2", "--speed", "ultrafast", "-o", "variants"],
            ["split", "film.mp4", "--at", "times", "--times", "0.5", "-o", "pieces"],
        ] {
            let run = try await studio.avstudio(["video"] + arguments, in: folder.path)
            #expect(run.status == 0, "\(arguments) \(run)")
        }
        let made = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        #expect(made.contains("variants/film-variant-002.mp4") && made.contains("pieces/film-002.mp4"), "\(made)")
        try await studio.stop()
    }
}
