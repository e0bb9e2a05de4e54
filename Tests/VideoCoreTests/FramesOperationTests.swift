import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

@Suite(.computing) struct FramesOperationTests {
    /// Every frame's picture as FFmpeg decodes it: MD5 of red, green and blue, in order.
    private func sums(_ path: String, _ filter: String = "null") async throws -> [String] {
        let run = try await CommandRun.run(
            "ffmpeg",
            ["-v", "error", "-i", path, "-vf", filter, "-pix_fmt", "rgb24", "-f", "framemd5", "-vsync", "passthrough", "-"])
        return run.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private func sum(_ bytes: Bytes, _ fixture: VideoFixture) async throws -> String {
        let path = fixture.path("taken-\(UUID().uuidString).png")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try await sums(path).first ?? ""
    }

    /// The flags that our own conversion uses, so that pictures can be compared bit by bit.
    private let conversion = "scale=flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24"

    /// Groups of 12 and of 250 frames, with pyramids of frames that build on each other, in several containers.
    @Test(arguments: [
        ("film.mp4", ["-c:v", "libx264", "-g", "12"]), ("film.mkv", ["-c:v", "libx264", "-g", "250", "-bf", "5"]),
        ("film.ts", ["-c:v", "libx264", "-g", "25"]),
        ("film.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
        ("film.mov", ["-c:v", "libx265", "-x265-params", "log-level=none:keyint=30"]),
        ("film.avi", ["-c:v", "mpeg4", "-bf", "2", "-q:v", "3"]), ("film.nut.mkv", ["-c:v", "mjpeg", "-q:v", "3"]),
    ])
    func theFramesAreThoseSeenThen(_ name: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes(name, size: "128x72", encoder)
        let (files, measured) = try await fixture.run(
            "video.frames", ["frames": "times", "times": "0, 0.99, 3.2, 0:00:05.5, 7.96", "format": "png"], on: film)
        #expect(measured["frames"] == 5 && measured["width"] == 128 && measured["height"] == 72, "\(measured)")
        let all = try await sums(film, conversion)
        var taken: [String] = []
        for file in files.sorted(by: { $0.key < $1.key }) { taken.append(try await sum(file.value, fixture)) }
        #expect(taken == [0, 24, 80, 137, 199].map { all[$0] })
    }

    @Test func everySoManySecondsFromLongGroups() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let (files, measured) = try await fixture.run(
            "video.frames", ["interval_s": 2, "format": "webp", "width": 64, "quality": 50], on: film)
        #expect(measured["times_seconds"]?.arrayValue?.map { $0.doubleValue } == [0, 2, 4, 6], "\(measured)")
        #expect(measured["width"] == 64 && measured["height"] == 36 && files.count == 4)
        #expect(files["film-00001.webp"]?.prefix(4) == [0x52, 0x49, 0x46, 0x46])
    }

    @Test func manyGoIntoAnArchive() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4", size: "128x72", ["-c:v", "libx264", "-g", "2"])
        let (files, measured) = try await fixture.run("video.frames", ["frames": "keys"], on: film)
        #expect(Array(files.keys) == ["film-frames.zip"] && measured["frames"]?.integerValue ?? 0 >= 100)
        let path = fixture.path("frames.zip")
        try Data(files["film-frames.zip"] ?? []).write(to: URL(fileURLWithPath: path))
        let run = try await CommandRun.run(
            "python3", ["-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()))", path])
        #expect(run.output == "None \(measured["frames"]?.integerValue ?? 0)\n", "\(run)")
    }

    @Test func scenesGiveOnePictureEach() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let (files, measured) = try await fixture.run("video.frames", ["frames": "scenes"], on: film)
        #expect(files.count == 5, "\(measured)")
    }

    @Test func picturesAreUpright() async throws {
        let fixture = try VideoFixture()
        let (plain, phone) = (fixture.path("plain.mp4"), fixture.path("phone.mp4"))
        // Red above, blue below; after the turn red is at the right.
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=blue:s=160x90:r=10:d=0.5,drawbox=0:0:160:45:red:fill", "-c:v", "libx264", plain,
        ])
        try await fixture.ffmpeg(["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=270", phone])
        let (files, measured) = try await fixture.run("video.frames", ["format": "png"], on: phone)
        #expect(measured["width"] == 90 && measured["height"] == 160, "\(measured)")
        let path = fixture.path("upright.png")
        try Data(try #require(files["film-00001.png"])).write(to: URL(fileURLWithPath: path))
        let pixels = try await CommandRun.run(
            "sh", ["-c", "ffmpeg -v error -i '\(path)' -vf scale=2:1:flags=area -pix_fmt rgb24 -f rawvideo - | od -An -tu1"])
        let values = pixels.output.split(separator: " ").compactMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        #expect(values.count == 6 && values[0] < 60 && values[2] > 200 && values[3] > 200 && values[5] < 60, "\(values)")
    }

    @Test func widePixelsAndBrightColoursAreShown() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("hdr.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=0.2,setsar=4/3", "-pix_fmt", "yuv420p10le", "-c:v", "libx265",
            "-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", film,
        ])
        let (files, measured) = try await fixture.run("video.frames", on: film)
        #expect(measured["width"] == 128 && measured["height"] == 72 && files.count == 1, "\(measured)")
    }

    @Test(
        arguments: [
            (["frames": "times", "times": "soon"], "not-a-time"), (["frames": "times", "times": "1:75"], "not-a-time"),
            (["frames": "times"], "no-times"), (["frames": "times", "times": "99"], "after-the-end"),
            (["interval_s": 0.01, "most": 10], "too-many-frames"),
        ] as [(JSONValue, String)])
    func whatIsAskedWrongIsTold(_ parameters: JSONValue, _ code: String) async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let error = await #expect(throws: (any Error).self) { try await fixture.run("video.frames", parameters, on: film) }
        #expect((error as? any CodedError)?.code == code, "\(String(describing: error))")
    }

    @Test func brokenFilesGiveWhatTheyHold() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.ts", size: "128x72", ["-c:v", "libx264", "-g", "25"])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: film))
        bytes.removeLast(bytes.count / 2)
        try bytes.write(to: URL(fileURLWithPath: film))
        let (files, _) = try await fixture.run("video.frames", on: film)
        #expect(files.count >= 3)
        let sound = fixture.path("sound.wav")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", sound])
        let error = await #expect(throws: (any Error).self) { try await fixture.run("video.frames", on: sound) }
        #expect((error as? any CodedError)?.code == "no-video")
    }

    /// The last frame lies at a multiple of the interval that no binary number is exactly.
    @Test(arguments: [(10, 4, 0.1), (10, 7, 0.1), (25, 8, 0.04)])
    func theLastFrameIsOneOfThem(_ rate: Int, _ count: Int, _ interval: Double) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x64:r=\(rate)", "-frames:v", "\(count)", "-c:v", "libx264", film,
        ])
        let (files, measured) = try await fixture.run("video.frames", ["interval_s": .number(interval)], on: film)
        #expect(measured["video_frames"]?.integerValue == Int64(count) && files.count == count, "\(measured)")
    }
}
