import Contracts
import Foundation
import HTTP
import Primitives
import TestSupport
import Testing

/// Operations that draw or choose pictures, through the sandbox, by HTTP and by the command line; and what the analytics hear of
/// every operation on films.
@Suite(.serialized) final class VideoPictureTests: Sendable {
    /// One studio for the suite; it is ended by the suite's last test.
    private static let shared = SharedStudio()

    private static let captions = Bytes("1\n00:00:01,000 --> 00:00:01,800\nHELLO\n".utf8)
    /// A red second, then the film, whose captions stand over the whole.
    private static let timeline = """
        {"canvas": {"width": 320, "height": 180, "frame_rate": 25},
         "video": [{"color": "#ff0000", "duration_s": 1}, {"clip": "film.mp4"}],
         "captions": {"file": "c.srt"}}
        """

    /// Two seconds of black above and stripes below, 25 frames a second, with a tone.
    private func film() async throws -> Bytes {
        try await Recording.made("film.mp4") { folder in
            [
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i",
                "smptehdbars=s=320x180:r=25:d=2,drawbox=y=60:h=120:w=320:color=black:t=fill", "-f", "lavfi", "-i",
                "sine=d=2:r=48000", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25",
                folder + "/film.mp4",
            ]
        }
    }

    /// A folder with the film, the captions and the timeline.
    private func folder() async throws -> TemporaryFolder {
        let folder = try TemporaryFolder("pictures")
        try Data(try await film()).write(to: URL(fileURLWithPath: folder.appending("film.mp4")))
        try Data(Self.captions).write(to: URL(fileURLWithPath: folder.appending("c.srt")))
        try Data(Self.timeline.utf8).write(to: URL(fileURLWithPath: folder.appending("timeline.json")))
        return folder
    }

    /// The first file of a job's result.
    private func made(_ operation: String, _ parameters: JSONValue, inputs: [String]) async throws -> (JobResult, Bytes) {
        let studio = try await Self.shared.studio()
        let answer = try await studio.json(
            .post, "/video/" + operation, ["inputs": .array(inputs.map(JSONValue.string)), "parameters": parameters],
            headers: ["Prefer": "wait=60"])
        try #require(answer.status == 200, "\(answer.document)")
        let job = try answer.document.decoded(as: JobDocument.self)
        let result = try #require(job.result, "\(answer.document)")
        #expect(result.usage != nil, "it ran in a process of its own")
        let file = try #require(result.files.first?.file)
        return (result, try await studio.send(.get, "/files/\(file)/content").body)
    }

    private func uploaded() async throws -> (film: String, captions: String) {
        let studio = try await Self.shared.studio()
        return (try await studio.upload(try await film(), name: "film.mp4"), try await studio.upload(Self.captions, name: "c.srt"))
    }

    /// The frames of a video or picture, as bytes of red, green and blue.
    private func frames(_ bytes: Bytes, width: Int = 320, height: Int = 180) async throws -> [[UInt8]] {
        let raw = try await Recording.inFolder { folder -> [UInt8] in
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/made"))
            let run = try await CommandRun.run(
                "ffmpeg", ["-v", "error", "-i", "made", "-f", "rawvideo", "-pix_fmt", "rgb24", "raw"], in: folder)
            try #require(run.status == 0, "\(run.errors)")
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/raw")))
        }
        let size = width * height * 3
        try #require(!raw.isEmpty && raw.count.isMultiple(of: size))
        return stride(from: 0, to: raw.count, by: size).map { Array(raw[$0..<$0 + size]) }
    }

    private func command(_ arguments: [String], in folder: TemporaryFolder, makes name: String) async throws -> Bytes {
        let run = try await Self.shared.studio().avstudio(["video"] + arguments + ["-o", name], in: folder.path)
        try #require(run.status == 0, "\(run)")
        return Bytes(try Data(contentsOf: URL(fileURLWithPath: folder.appending(name))))
    }

    /// White pixels in the lower third, where captions stand.
    private func lit(_ frame: [UInt8]) -> Int {
        (120 * 320..<180 * 320).count { frame[$0 * 3] > 200 && frame[$0 * 3 + 1] > 200 && frame[$0 * 3 + 2] > 200 }
    }

    private func checkCaptions(_ bytes: Bytes) async throws {
        let frames = try await frames(bytes)
        #expect(frames.count == 50)
        #expect(frames.indices.filter { lit(frames[$0]) > 50 } == Array(25..<45), "the letters show from 1 to 1.8 s")
        #expect(frames.indices.filter { lit(frames[$0]) > 0 } == Array(25..<45), "and nowhere else")
    }

    @Test func captionsAreBurnedOnEitherRoad() async throws {
        let (film, captions) = try await uploaded()
        let (result, bytes) = try await made("captions", ["quality": 10, "speed": "ultrafast"], inputs: [film, captions])
        #expect(result.measurements["frames_with_captions"] == 20, "\(result)")
        try await checkCaptions(bytes)
        let folder = try await folder()
        defer { folder.remove() }
        try await checkCaptions(
            try await command(
                ["captions", "film.mp4", "c.srt", "--quality", "10", "--speed", "ultrafast"], in: folder, makes: "burned.mp4"))
    }

    private func checkAssembled(_ bytes: Bytes) async throws {
        let frames = try await frames(bytes)
        try #require(frames.count == 75)
        for (number, frame) in frames.enumerated() {
            let isRed = frame[0] > 180 && frame[1] < 60 && frame[2] < 60
            #expect(isRed == (number < 25), "frame \(number) \(frame.prefix(3))")
            #expect((lit(frame) > 50) == (25..<45).contains(number), "frame \(number)")
        }
    }

    @Test func timelinesAreAssembledOnEitherRoad() async throws {
        let (film, captions) = try await uploaded()
        let timeline = try JSONValue(parsing: Bytes(Self.timeline.utf8))
        let (result, bytes) = try await made(
            "assemble", ["timeline": timeline, "quality": 10, "speed": "ultrafast"], inputs: [film, captions])
        #expect(result.measurements["frames"] == 75 && result.measurements["duration_seconds"] == 3, "\(result)")
        try await checkAssembled(bytes)
        let folder = try await folder()
        defer { folder.remove() }
        let arguments = ["--timeline", "@timeline.json", "--quality", "10", "--speed", "ultrafast"]
        try await checkAssembled(
            try await command(["assemble", "film.mp4", "c.srt"] + arguments, in: folder, makes: "assembled.mp4"))
    }

    @Test func thumbnailsAndPostersAreChosenOnEitherRoad() async throws {
        let (film, _) = try await uploaded()
        let folder = try await folder()
        defer { folder.remove() }
        let parameters: JSONValue = ["text": "HELLO", "format": "png", "count": 1]
        let flags = ["film.mp4", "--format", "png", "--count", "1"]
        for bytes in [
            try await made("thumbnail", parameters, inputs: [film]).1,
            try await command(["thumbnail", "--text", "HELLO"] + flags, in: folder, makes: "thumbnail.png"),
        ] {
            let pictures = try await frames(bytes)
            #expect(pictures.count == 1 && lit(pictures[0]) > 50, "the letters are white on black")
        }
        for bytes in [
            try await made("poster", ["format": "png"], inputs: [film]).1,
            try await command(["poster"] + flags, in: folder, makes: "p.png"),
        ] {
            let pictures = try await frames(bytes)
            #expect(pictures.count == 1 && lit(pictures[0]) == 0 && pictures[0].contains { $0 > 100 }, "the bars, and no text")
        }
    }

    /// Frames, seconds, speed and processor time of every operation reach the analytics.
    @Test func everyOperationIsMeasured() async throws {
        let studio = try await Self.shared.studio()
        let (film, captions) = try await uploaded()
        let timeline = try JSONValue(parsing: Bytes(Self.timeline.utf8))
        let runs: [(String, JSONValue, [String])] = [
            ("probe", [:], [film]), ("scenes", [:], [film]), ("frames", [:], [film]), ("sheet", [:], [film]),
            ("poster", [:], [film]),
            ("thumbnail", [:], [film]), ("captions", [:], [film, captions]),
            ("assemble", ["timeline": timeline], [film, captions]),
            ("transcode", [:], [film]), ("variants", ["count": 2], [film]), ("concat", [:], [film, film]), ("audio", [:], [film]),
            ("split", ["at": "times", "times": "1"], [film]), ("checks", [:], [film]),
        ]
        for (operation, parameters, inputs) in runs {
            let answer = try await studio.json(
                .post, "/video/" + operation, ["inputs": .array(inputs.map(JSONValue.string)), "parameters": parameters],
                headers: ["Prefer": "wait=60"])
            #expect(answer.status == 200, "\(operation): \(answer.document)")
        }
        func sums(_ operation: String) async throws -> JSONValue? {
            try await studio.json(.get, "/api/metrics/today").document["scripts"]?["video." + operation]
        }
        for (operation, _, _) in runs {
            try await eventually("\(operation) is counted") { try await sums(operation)?["jobs"] != nil }
            let sums = try #require(try await sums(operation))
            // Sound that is taken out has no frames.
            for type in ["frames", "media_seconds", "speed", "cpu_seconds"] where operation != "audio" || type != "frames" {
                #expect((sums[type]?["sum"]?.doubleValue ?? 0) > 0, "\(operation) \(type): \(sums)")
            }
        }
    }

    @Test func endsTheSharedStudio() async throws {
        try await Self.shared.stop()
    }
}
