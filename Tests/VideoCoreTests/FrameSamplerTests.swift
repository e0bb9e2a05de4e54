import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

/// Frames taken out of a video are all there, wherever they lie between its key frames.
@Suite(.computing) struct FrameSamplerTests {
    /// The flags that our own conversion uses, so that pictures can be compared bit by bit.
    private static let conversion = "scale=flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24"

    /// MD5 of red, green and blue of every picture of a video, or of numbered files, in order.
    private func sums(_ input: [String], _ filter: String = "null") async throws -> [Substring] {
        let run = try await CommandRun.run(
            "ffmpeg",
            ["-v", "error"] + input + ["-vf", filter, "-pix_fmt", "rgb24", "-f", "framemd5", "-fps_mode", "passthrough", "-"])
        return run.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").last }
    }

    private func film(_ fixture: VideoFixture, _ name: String, _ encoder: [String], seconds: Int) async throws -> String {
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=\(seconds)", "-pix_fmt", "yuv420p"] + encoder + [fixture.path(name)])
        return fixture.path(name)
    }

    /// Takes frames and holds their pictures against FFmpeg's.
    /// - Parameters:
    ///   - wishes: which frames.
    ///   - numbers: of these frames; `nil` for all that there are.
    private func areTaken(_ fixture: VideoFixture, _ film: String, _ wishes: [String: JSONValue], _ numbers: [Int]?) async throws {
        let all = try await sums(["-i", film], Self.conversion)
        let (files, measured) = try await fixture.run(
            "video.frames", .object(wishes.merging(["format": "png", "packing": "files", "most": 2000]) { $1 }), on: film)
        let folder = fixture.path("taken-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: folder + "/" + name)) }
        let taken = try await sums(["-f", "image2", "-i", folder + "/film-%05d.png"])
        let wanted = numbers.map { $0.map { all[$0] } } ?? all
        let wrong = zip(taken, wanted).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
        #expect(taken.count == wanted.count && wrong.isEmpty, "\(taken.count) of \(wanted.count), wrong: \(wrong) \(measured)")
    }

    /// Encoders whose groups of pictures are open: pictures that are shown before a key frame come after it in the file.
    private static let open = [
        ("film.mp4", ["-c:v", "libx265", "-x265-params", "log-level=none:keyint=50"]),
        ("film.mkv", ["-c:v", "libx264", "-x264-params", "keyint=26:bframes=3:open-gop=1:scenecut=0:b-adapt=0"]),
        ("film.ts", ["-c:v", "mpeg2video", "-bf", "2", "-g", "25", "-q:v", "3"]),
    ]
    private static let closed = [
        ("film.mpg", ["-c:v", "mpeg2video", "-bf", "2", "-g", "12", "-q:v", "3"]),
        ("film.mp4", ["-c:v", "libx264", "-g", "40", "-bf", "3"]), ("film.ts", ["-c:v", "libx264", "-g", "40", "-bf", "3"]),
        ("film.webm", ["-c:v", "libvpx-vp9", "-g", "40", "-deadline", "realtime", "-cpu-used", "8"]),
        ("film.mp4", ["-c:v", "mpeg4", "-bf", "2", "-g", "30", "-q:v", "3"]),
        ("film.avi", ["-c:v", "mpeg4", "-bf", "2", "-g", "30", "-q:v", "3"]),
    ]

    @Test(arguments: open + closed)
    func everyFrameIsTaken(_ name: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, name, encoder, seconds: 12)
        try await areTaken(fixture, film, ["interval_s": 0.04], nil)
    }

    /// Near key frames and far from them, with gaps that are sought over.
    @Test(arguments: open, [[1, 2, 3, 7], [5, 48, 49, 50, 51, 76, 142, 246, 274], [24, 49, 74, 99, 124, 149, 299]])
    func framesBetweenGroupsAreTaken(_ video: (name: String, encoder: [String]), _ numbers: [Int]) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, video.name, video.encoder, seconds: 12)
        let times = numbers.map { "\((Double($0) * 0.04).rounded(decimals: 2))" }.joined(separator: ",")
        try await areTaken(fixture, film, ["frames": "times", "times": .string(times)], numbers)
    }

    /// The first frames behind a key frame that is no refresh, which H.264's decoder gives out late.
    @Test(arguments: [[122], [124], [121, 182], [242, 243]])
    func frameBehindAnOpenKeyFrameIsTaken(_ numbers: [Int]) async throws {
        let fixture = try VideoFixture()
        let film = try await film(
            fixture, "film.mkv", ["-c:v", "libx264", "-x264-params", "keyint=60:bframes=4:open-gop=1:scenecut=0:b-adapt=0"],
            seconds: 12)
        let times = numbers.map { "\((Double($0) * 0.04).rounded(decimals: 2))" }.joined(separator: ",")
        try await areTaken(fixture, film, ["frames": "times", "times": .string(times)], numbers)
    }

    /// Where the clock jumps nothing is sought, and the next group has to be found by going on.
    @Test func framesBetweenGroupsAreTakenWhereTheClockJumps() async throws {
        let fixture = try VideoFixture()
        let path = fixture.path("film.ts")
        var bytes = Data()
        for offset in ["500", "20"] {
            let part = try await film(
                fixture, "part\(offset).ts",
                ["-c:v", "mpeg2video", "-bf", "2", "-g", "25", "-q:v", "3", "-output_ts_offset", offset], seconds: 3)
            bytes += try Data(contentsOf: URL(filePath: part))
        }
        try bytes.write(to: URL(filePath: path))
        let (files, measured) = try await fixture.run("video.frames", ["interval_s": 0.25, "format": "png"], on: path)
        #expect(files.count == 24 && measured["video_frames"] == 150, "\(measured)")
    }
}
