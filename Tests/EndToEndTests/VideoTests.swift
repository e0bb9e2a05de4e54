import Contracts
import Foundation
import HTTP
import Primitives
import TestSupport
import Testing

/// The whole road of a film: nginx, gateway, the video service, and the command line.
@Suite(.serialized) final class VideoTests: Sendable {
    /// One studio for the suite; it is ended by the suite's last test.
    private static let shared = SharedStudio()

    /// Two seconds of one picture, two of another, 25 frames a second.
    private func film() async throws -> Bytes {
        let folder = try TemporaryFolder("film")
        defer { folder.remove() }
        let path = folder.appending("film.mp4")
        let run = try await CommandRun.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-f", "lavfi", "-i",
                "smptehdbars=s=320x180:r=25:d=2", "-filter_complex", "[0:v][1:v]concat=n=2,format=yuv420p", "-c:v", "libx264", path,
            ])
        try #require(run.status == 0, "\(run.errors)")
        return Bytes(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func findsTheScenesOfAFilm() async throws {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(try await film(), name: "a film.mp4")
        let answer = try await studio.json(
            .post, "/video/scenes", ["input": .string(file), "parameters": ["formats": "json,edl"]], headers: ["Prefer": "wait=60"])
        #expect(answer.status == 200)
        let job = try answer.document.decoded(as: JobDocument.self)
        #expect(job.state == .succeeded, "\(answer.document)")
        let result = try #require(job.result)
        #expect(result.measurements["scenes"] == 2 && result.measurements["frames"] == 100)
        let list = try #require(result.files.first { $0.name == "a film-scenes.json" }?.file)
        let content = try await studio.send(.get, "/files/\(list)/content")
        #expect(try JSONValue(parsing: content.body)["scenes"]?[1]?["start_frame"] == 50)
    }

    @Test func checksAFilm() async throws {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(try await film(), name: "a film.mp4")
        let answer = try await studio.json(
            .post, "/video/checks", ["input": .string(file), "parameters": ["freeze_s": 1, "expected_s": 4]],
            headers: ["Prefer": "wait=60"])
        let job = try answer.document.decoded(as: JobDocument.self)
        #expect(answer.status == 200 && job.state == .succeeded, "\(answer.document)")
        let found = job.result?.measurements
        #expect(found?["verdict"] == "fail" && found?["checks"]?[1]?["check"] == "freeze", "\(answer.document)")
        #expect(found?["checks"]?[1]?["findings"]?[0]?["start_seconds"]?.doubleValue == 2)
        #expect(job.result?.files.map(\.name).sorted() == ["a film-checks.csv", "a film-checks.json", "a film-checks.txt"])
        let folder = try TemporaryFolder("checks-cli")
        defer { folder.remove() }
        try Data(try await film()).write(to: URL(fileURLWithPath: folder.appending("film.mp4")))
        let run = try await studio.avstudio(
            ["video", "checks", "film.mp4", "--checks", "black,duration", "--formats", "text", "-o", "report.txt"], in: folder.path)
        #expect(run.status == 0, "\(run)")
        let report = try String(contentsOfFile: folder.appending("report.txt"), encoding: .utf8)
        #expect(report.hasPrefix("film.mp4: pass") && report.contains("duration: pass"), "\(report)")
    }

    /// The gateway is asked in the name of the key that was handed in, which nobody is shown.
    @Test func captionsAreRewrittenInTheNameOfAKey() async throws {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(Bytes("caption\none\n".utf8), name: "captions.csv")
        func ask(_ key: String) async throws -> (status: Int, document: JSONValue) {
            let answer = try await studio.json(
                .post, "/video/rewrite",
                [
                    "input": .string(file),
                    "parameters": ["instruction": "Shorter.", "model": "nobody", "access_key": .string(key)],
                ], headers: ["Prefer": "wait=60"])
            return (answer.status, answer.document)
        }
        let unknown = try await ask(studio.ownerKey)
        #expect(unknown.status == 422 && unknown.document["detail"]?.stringValue?.contains("nobody") == true, "\(unknown)")
        let stranger = try await ask("avs_no_key")
        #expect(stranger.status == 422 && stranger.document["code"] == "invalid_api_key", "\(stranger)")
        let id = try #require(unknown.document["job"]?.stringValue)
        let job = try await studio.json(.get, "/video/jobs/\(id)")
        #expect(job.document["parameters"]?["access_key"] == "***", "\(job.document)")
    }

    /// The frames are taken in the sandbox; then the gateway is asked in the name of the key that was handed in.
    @Test func aFilmIsModeratedInTheNameOfAKey() async throws {
        let studio = try await Self.shared.studio()
        func ask(_ file: String) async throws -> JSONValue {
            try await studio.json(
                .post, "/video/moderate",
                ["input": .string(file), "parameters": ["model": "nobody", "access_key": .string(studio.ownerKey)]],
                headers: ["Prefer": "wait=60"]
            ).document
        }
        let film = try await studio.upload(try await film(), name: "film.mp4")
        let answer = try await ask(film)
        #expect(answer["detail"]?.stringValue?.contains("nobody") == true, "\(answer)")
        let job = try await studio.json(.get, "/video/jobs/\(try #require(answer["job"]?.stringValue))")
        #expect(job.document["parameters"]?["access_key"] == "***" && job.document["attempts"] == 1, "\(job.document)")
        let sound = try await ask(try await studio.upload(try await Recording.tone(hertz: 330), name: "tone.wav"))
        #expect(sound["code"] == "no-video", "\(sound)")
        let folder = try TemporaryFolder("moderate-cli")
        defer { folder.remove() }
        try Data("1\n00:00:01,000 --> 00:00:02,000\nHello\n".utf8).write(to: URL(fileURLWithPath: folder.appending("c.srt")))
        let run = try await studio.avstudio(
            ["video", "moderate", "c.srt", "--frames", "none", "--model", "nobody", "--access-key", studio.ownerKey],
            in: folder.path)
        #expect(run.status != 0 && run.errors.contains("nobody"), "\(run)")
    }

    @Test func refusesSoundAndStrangers() async throws {
        let studio = try await Self.shared.studio()
        let sound = try await studio.upload(try await Recording.tone(hertz: 440), name: "tone.wav")
        let answer = try await studio.json(.post, "/video/scenes", ["input": .string(sound)], headers: ["Prefer": "wait=60"])
        #expect(answer.status == 422 && answer.document["code"] == "no-video", "\(answer.document)")
        let made = try await studio.json(
            .post, "/keys", ["name": "listener", "owner": "listener", "scopes": ["files:read", "files:write", "audio:run"]])
        let key = try #require(made.document["key"]?.stringValue, "\(made.document)")
        let refused = try await studio.json(.post, "/video/probe", ["input": .string(sound)], key: key)
        #expect(refused.status == 403)
    }

    @Test func commandLineDoesTheRoad() async throws {
        let studio = try await Self.shared.studio()
        let folder = try TemporaryFolder("video-cli")
        defer { folder.remove() }
        try Data(try await film()).write(to: URL(fileURLWithPath: folder.appending("film.mp4")))
        let probe = try await studio.avstudio(["video", "probe", "film.mp4", "--json"], in: folder.path)
        let found = try JSONValue(parsing: Bytes(probe.output.utf8))["result"]?["measurements"]
        #expect(probe.status == 0 && found?["frames"]?["count"] == 100 && found?["video"]?[0]?["codec"] == "h264", "\(probe)")
        let scenes = try await studio.avstudio(
            ["video", "scenes", "film.mp4", "--formats", "csv", "-o", "scenes.csv"], in: folder.path)
        #expect(scenes.status == 0, "\(scenes)")
        let rows = try String(contentsOfFile: folder.appending("scenes.csv"), encoding: .utf8).split(separator: "\n")
        #expect(rows.count == 3 && rows[2].hasPrefix("2,50,"))
        let pictures = try await studio.avstudio(
            ["video", "frames", "film.mp4", "--frames", "times", "--times", "0:01,3.5", "--format", "webp", "-o", "pictures"],
            in: folder.path)
        #expect(pictures.status == 0, "\(pictures)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending("pictures"))
        #expect(names.sorted() == ["film-00001.webp", "film-00002.webp"])
        let sheet = try await studio.avstudio(
            ["video", "sheet", "film.mp4", "--format", "png", "-o", "sheet.png"], in: folder.path)
        #expect(sheet.status == 0, "\(sheet)")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.appending("sheet.png"))).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        let late = try await studio.avstudio(
            ["video", "frames", "film.mp4", "--frames", "times", "--times", "9:59"], in: folder.path)
        #expect(late.status == 1 && late.errors.contains("the video ends after 3.96 s"), "\(late)")
        let jobs = try await studio.avstudio(["jobs", "list", "--service", "video"])
        #expect(jobs.status == 0 && jobs.output.contains("video.scenes"), "\(jobs)")
    }

    @Test func endsTheSharedStudio() async throws {
        try await Self.shared.stop()
    }
}
