import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// What each parameter of a variant does to pictures and sound.
@Suite(.computing) struct VariantMeaningTests {
    /// All that is drawn, at what changes nothing.
    private static let neutral: [String: JSONValue] = [
        "crop": [0, 0], "crop_x": [0.5, 0.5], "crop_y": [0.5, 0.5], "trim_start_s": [0, 0], "speed": [1, 1], "flip": [0, 0],
        "brightness": [0, 0], "contrast": [1, 1], "saturation": [1, 1], "hue_degrees": [0, 0], "gamma": [1, 1],
    ]

    /// One variant with some parameters fixed.
    private func variant(_ fixture: VideoFixture, _ film: String, _ values: [String: Double]) async throws -> String {
        let ranges = Self.neutral.merging(values.mapValues { [.number($0), .number($0)] }) { $1 }
        let (paths, _) = try await fixture.encode(
            "video.variants", ["count": 1, "quality": 10, "speed": "ultrafast", "ranges": .object(ranges)], on: [film])
        return paths[0]
    }

    /// The mean frequency of a tone, Hz, and its length, seconds, by its zero crossings.
    private func tone(_ path: String, _ fixture: VideoFixture) async throws -> (hertz: Double, seconds: Double) {
        let raw = fixture.path("tone-\(UUID().uuidString).raw")
        try await fixture.ffmpeg(["-i", path, "-vn", "-ac", "1", "-ar", "48000", "-f", "s16le", raw])
        let samples = [UInt8](try Data(contentsOf: URL(fileURLWithPath: raw)))
        let signs = stride(from: 1, to: samples.count, by: 2).map { samples[$0] < 128 }
        // Without the beginning and the end, where the encoder comes in and goes out.
        let middle = signs[signs.count / 5..<signs.count * 4 / 5]
        let crossings = zip(middle, middle.dropFirst()).count { $0 != $1 }
        return (Double(crossings) / 2 / (Double(middle.count) / 48_000), Double(signs.count) / 48_000)
    }

    @Test(arguments: [1.25, 0.8])
    func speedKeepsThePitch(_ speed: Double) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("tone.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=4", "-f", "lavfi", "-i", "sine=f=1000:r=48000:d=4", "-pix_fmt", "yuv420p",
            film,
        ])
        let made = try await variant(fixture, film, ["speed": speed])
        let (hertz, seconds) = try await tone(made, fixture)
        #expect(abs(hertz - 1000) < 10, "\(hertz) Hz")
        #expect(abs(seconds - 4 / speed) < 0.06, "\(seconds) s")
        let last = try #require(try await fixture.times(made).last)
        #expect(abs(last + 0.04 - 4 / speed) < 0.09, "\(last)")
    }

    /// Red, green and blue of a plain picture after a parameter; worked out by the filters' own definitions (ffmpeg-filters, eq and
    /// hue) for luma of 16 to 235.
    @Test(
        arguments: [
            ("0x808080", [:], [128, 128, 128]), ("0x808080", ["brightness": 0.2], [187, 187, 187]),
            ("0x808080", ["brightness": -0.2], [68, 68, 68]), ("0x5a5a5a", ["contrast": 2], [50, 50, 50]),
            ("0x808080", ["gamma": 2], [190, 190, 190]), ("0xc02020", ["saturation": 0], [80, 80, 80]),
            // Twice as far from its own grey of 101.
            ("0x905060", ["saturation": 2], [187, 59, 91]),
            // The complement at the same luma.
            ("0xa06060", ["hue_degrees": 180], [70, 134, 134]),
        ] as [(String, [String: Double], [Int])])
    func coloursBecomeWhatTheyShould(_ color: String, _ values: [String: Double], _ expected: [Int]) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("plain.mkv")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "color=\(color):s=64x48:r=25:d=0.4,format=yuv420p", "-c:v", "ffv1", film])
        let seen = try await fixture.pixels(try await variant(fixture, film, values), "1:1")
        #expect(seen.count == 3 && zip(seen, expected).allSatisfy { abs($0 - $1) <= 8 }, "\(values): \(seen), not \(expected)")
    }

    /// A quarter is kept of four squares in different colours.
    @Test(
        arguments: [
            (0, 0, [255, 0, 0]), (1, 0, [0, 0, 255]), (0, 1, [0, 255, 0]), (1, 1, [255, 255, 255]),
        ] as [(Double, Double, [Int])])
    func cropsKeepTheirPlace(_ x: Double, _ y: Double, _ expected: [Int]) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("squares.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i",
            "color=red:s=96x72:r=25:d=0.4,drawbox=48:0:48:36:blue:fill,drawbox=0:36:48:36:0x00ff00:fill,"
                + "drawbox=48:36:48:36:white:fill,format=yuv420p", "-c:v", "ffv1", film,
        ])
        let made = try await variant(fixture, film, ["crop": 0.5, "crop_x": x, "crop_y": y])
        let probed = try await fixture.probe(made)
        #expect(probed["width"] == "96" && probed["height"] == "72", "what is left fills the picture: \(probed)")
        for pixel in stride(from: 0, to: 12, by: 3) {
            let seen = Array(try await fixture.pixels(made, "2:2")[pixel..<pixel + 3])
            #expect(zip(seen, expected).allSatisfy { abs($0 - $1) <= 12 }, "\(seen), not \(expected)")
        }
    }
}
