import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// Videos whose frames are made of two fields come out as whole pictures, without combs where something moves.
@Suite(.computing) struct InterlacedTests {
    /// A bar that moves six pixels from field to field, 25 frames of two fields a second.
    private func film(_ fixture: VideoFixture) async throws -> String {
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=black:s=160x96:r=50:d=2", "-f", "lavfi", "-i", "color=white:s=24x96:r=50:d=2",
            "-filter_complex",
            "[0:v][1:v]overlay=x='mod(n*6,136)':shortest=1,format=yuv420p,tinterlace=interleave_top,setfield=tff", "-c:v",
            "libx264", "-flags", "+ilme+ildct", "-qp", "4", fixture.path("film.mp4"),
        ])
        return fixture.path("film.mp4")
    }

    /// Pixels of the upper half that are like those two rows below and unlike those between.
    private func combs(_ path: String, _ fixture: VideoFixture) async throws -> (count: Int, frames: Int) {
        let raw = path + ".gray"
        try await fixture.ffmpeg(["-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", raw])
        let data = [UInt8](try Data(contentsOf: URL(filePath: raw)))
        var count = 0
        for frame in stride(from: 0, to: data.count, by: 160 * 96) {
            for place in frame..<frame + 160 * 46 {
                let (own, next, after) = (Int(data[place]), Int(data[place + 160]), Int(data[place + 320]))
                if abs(own - next) > 60, abs(own - after) < 30 { count += 1 }
            }
        }
        return (count, data.count / (160 * 96))
    }

    @Test func captionsAreOnWholePictures() async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        #expect(try await combs(film, fixture).count > 1000)
        let text = try fixture.write(Bytes("1\n00:00:00,500 --> 00:00:01,500\nHello\n".utf8), "c.srt")
        let (paths, measured) = try await fixture.encode("video.captions", ["quality": 5], on: [film, text])
        #expect(measured["frames"] == 50, "\(measured)")
        let made = try await combs(paths[0], fixture)
        #expect(made.frames == 50 && made.count < 50, "\(made)")
    }

    @Test func assembledPicturesAreWhole() async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        for (entry, frames) in [(0.0, 50), (0.52, 37)] {
            let timeline: JSONValue = [
                "canvas": ["width": 160, "height": 96, "frame_rate": 25],
                "video": [["clip": "film.mp4", "in_s": .number(entry)]],
            ]
            let (files, measured) = try await fixture.run("video.assemble", ["timeline": timeline, "quality": 5], on: [film])
            #expect(measured["frames"]?.integerValue == Int64(frames), "\(measured)")
            let made = try await combs(fixture.write(files["assembled.mp4"] ?? [], "made-\(frames).mp4"), fixture)
            #expect(made.frames == frames && made.count < 50, "\(made)")
        }
    }

    @Test(arguments: ["video.frames", "video.poster", "video.thumbnail", "video.sheet", "video.scenes"])
    func picturesAreWhole(_ operation: String) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        let parameters: [String: JSONValue] = [
            "video.frames": ["interval_s": 0.2, "format": "png"], "video.poster": ["count": 2, "format": "png"],
            "video.thumbnail": ["format": "png"],
            "video.sheet": ["columns": 1, "rows": 2, "width": 160, "gap": 0, "times": false, "format": "png"],
            "video.scenes": ["pictures": "png", "formats": "json"],
        ]
        let (files, measured) = try await fixture.run(operation, parameters[operation] ?? [:], on: film)
        let pictures = files.filter { $0.key.hasSuffix("png") }
        try #require(!pictures.isEmpty, "\(measured)")
        for (name, bytes) in pictures {
            let made = try await combs(fixture.write(bytes, "taken-\(name)"), fixture)
            #expect(made.frames > 0 && made.count < 10, "\(name): \(made)")
        }
    }
}
