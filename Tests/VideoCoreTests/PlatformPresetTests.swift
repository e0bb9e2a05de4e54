import Foundation
import Media
import Primitives
import TestSupport
import Testing

@testable import VideoCore

/// What ffprobe says of films that the presets make, held against what the platforms ask for.
@Suite(.computing) struct PlatformPresetTests {
    private struct Wanted: Sendable {
        var size = [160, 90]
        /// Frames a second of what has 120.
        var rate = "60/1"
        /// Frames from key frame to key frame; `nil` leaves it to the encoder.
        var group: Int?
        var codec = "h264"
        var profile = "High"
        var soundRate: Int?
        var container = "mov,mp4,m4a,3gp,3g2,mj2"
    }

    private static let wanted: [PlatformPreset.Name: Wanted] = [
        .custom: Wanted(rate: "120/1", soundRate: 160_000), .youtube: Wanted(group: 30, soundRate: 384_000),
        .shorts: Wanted(size: [1080, 1920], group: 60, soundRate: 192_000),
        .tiktok: Wanted(size: [1080, 1920], group: 120, soundRate: 192_000),
        .reels: Wanted(size: [1080, 1920], group: 120, soundRate: 128_000),
        .x: Wanted(rate: "40/1", group: 80, soundRate: 128_000), .linkedin: Wanted(rate: "30/1", group: 60, soundRate: 192_000),
        .archive: Wanted(rate: "120/1", codec: "hevc", profile: "Main", container: "matroska,webm"),
    ]

    @Test(arguments: PlatformPreset.Name.allCases)
    func filmsAreAsThePlatformAsks(_ preset: PlatformPreset.Name) async throws {
        let wanted = try #require(Self.wanted[preset])
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=120:d=2.2", "-f", "lavfi", "-i", "anoisesrc=r=48000:d=2.2:seed=1", "-ac", "2",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", film,
        ])
        let (paths, measured) = try await fixture.encode(
            "video.transcode", ["preset": .string(preset.rawValue), "encoder": "software"], on: [film])
        let (seen, sound) = (try await fixture.probe(paths[0]), try await fixture.probe(paths[0], "a"))
        #expect(seen["codec_name"] == wanted.codec && seen["profile"] == wanted.profile, "\(seen)")
        #expect(seen["pix_fmt"] == "yuv420p" && [seen["width"], seen["height"]] == wanted.size.map { "\($0)" }, "\(seen)")
        #expect(seen["avg_frame_rate"] == wanted.rate && seen["r_frame_rate"] == wanted.rate, "\(seen)")
        #expect(sound["codec_name"] == "aac" && sound["channels"] == "2" && sound["sample_rate"] == "48000", "\(sound)")
        if let rate = wanted.soundRate {
            #expect(measured["output"]?["audio_bit_rate"]?.integerValue == Int64(rate))
            let real = Double(sound["bit_rate"] ?? "") ?? 0
            #expect(abs(real / Double(rate) - 1) < 0.25, "\(real) bit/s of sound")
        } else {
            #expect(measured["output"]?["audio_codec"] == "copy")
        }
        let format = try await CommandRun.run(
            "ffprobe", ["-v", "error", "-show_entries", "format=format_name", "-of", "csv=p=0", paths[0]])
        #expect(format.output.contains(wanted.container))
        if let group = wanted.group {
            let keys = try await CommandRun.run(
                "ffprobe",
                ["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=key_frame", "-of", "csv=p=0", paths[0]])
            let flags = keys.output.split(separator: "\n").map { $0.hasPrefix("1") }
            let places = flags.indices.filter { flags[$0] }
            #expect(places == Array(stride(from: 0, to: flags.count, by: group)), "\(places)")
        }
    }

    /// Sound that Matroska does not hold is encoded; what is asked for by name says why it can not be done.
    @Test(arguments: [("film.wmv", "wmv2", "wmav2"), ("film.avi", "mpeg4", "pcm_mulaw"), ("film.mov", "mpeg4", "pcm_alaw")])
    func theArchiveTakesAnySound(_ name: String, _ pictures: String, _ sound: String) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path(name)
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi", "-i", "sine=r=44100:d=2", "-c:v", pictures, "-c:a",
            sound, film,
        ])
        let parameters: [String: JSONValue] = ["preset": "archive", "speed": "ultrafast", "encoder": "software"]
        let (paths, _) = try await fixture.encode("video.transcode", .object(parameters), on: [film])
        #expect(try await fixture.probe(paths[0], "a")["codec_name"] == "aac")
        await #expect(throws: MediaError.self) {
            _ = try await fixture.encode(
                "video.transcode", .object(parameters.merging(["audio": "copy"]) { $1 }), on: [film])
        }
    }

    @Test(arguments: ["h264", "h265", "vp9"])
    func aBitRateIsMetInOnePass(_ codec: String) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("noise.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=8,noise=alls=8:allf=t", "-c:v", "libx264", "-preset", "ultrafast",
            "-crf",
            "10", "-pix_fmt", "yuv420p", film,
        ])
        let (paths, measured) = try await fixture.encode(
            "video.transcode",
            ["codec": .string(codec), "bit_rate": 500_000, "speed": "veryfast", "encoder": "software"], on: [film])
        let sizes = try await CommandRun.run(
            "ffprobe", ["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=size", "-of", "csv=p=0", paths[0]])
        let bytes = sizes.output.split(whereSeparator: { $0 == "\n" || $0 == "," }).compactMap { Int($0) }.reduce(0, +)
        // Eight seconds: as many bits a second as bytes.
        #expect((400_000...600_000).contains(bytes), "\(codec): \(bytes) bytes in 8 s")
        #expect(measured["passes"] == 1)
    }
}
