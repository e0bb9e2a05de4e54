import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

/// Pieces that are cut to the frame and encoded at their edges alone.
@Suite(.computing) struct SmartCutTests {
    /// Digests of the packets of the video.
    private func packets(_ path: String) async throws -> [String] {
        let run = try await CommandRun.run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v:0", "-show_packets", "-show_data_hash", "MD5", "-show_entries",
                "packet=data_hash", "-of", "csv=p=0", path,
            ])
        return run.output.split(separator: "\n").map { String($0) }
    }

    /// A film whose every frame differs from its neighbours, 50 frames from key frame to key frame, and a sound.
    private func film(_ fixture: VideoFixture, _ name: String, _ encoder: [String], rate: String = "25") async throws -> String {
        try await fixture.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=160x96:r=\(rate):d=8", "-f", "lavfi", "-i", "sine=r=48000:d=8", "-pix_fmt",
                "yuv420p",
                "-c:a", "aac",
            ] + encoder + [fixture.path(name)])
        return fixture.path(name)
    }

    @Test(arguments: [
        ("film.mp4", ["-c:v", "libx264", "-g", "50", "-bf", "3", "-refs", "4"], "25"),
        ("film.mp4", ["-c:v", "libx264", "-g", "50", "-bf", "0", "-profile:v", "baseline"], "30000/1001"),
        ("film.mkv", ["-c:v", "libx264", "-g", "50", "-x264-params", "b-pyramid=normal:bframes=5:scenecut=0"], "25"),
    ])
    func piecesAreExactAndMostlyCopied(_ name: String, _ encoder: [String], _ rate: String) async throws {
        let fixture = try VideoFixture()
        let source = try await film(fixture, name, encoder, rate: rate)
        let (original, sourcePackets) = (try await fixture.pictures(source), Set(try await packets(source)))
        let (paths, measured) = try await fixture.encode(
            "video.split", ["at": "times", "times": "0.52, 3.13, 7.4", "quality": 14], on: [source])
        let pieces = measured["pieces"]?.arrayValue ?? []
        #expect(paths.count == 4 && pieces[1...2].allSatisfy { $0["reason"] == .null }, "\(measured)")
        var shown: [[UInt8]] = []
        for (place, path) in paths.enumerated() {
            let own = try await fixture.pictures(path)
            #expect(Int64(own.count) == pieces[place]["frames"]?.integerValue, "\(place): \(own.count) \(measured)")
            shown += own
            let times = try await fixture.times(path)
            #expect(times == times.sorted() && Set(times).count == own.count && (times.first ?? 9) < 0.15, "\(times)")
        }
        #expect(shown.count == original.count, "\(shown.count) of \(original.count)")
        let wrong = zip(shown, original).enumerated().filter { !VideoFixture.isAlike($1.0, $1.1) }.map(\.offset)
        #expect(wrong.isEmpty, "frames that are not the source's: \(wrong)")
        // The second piece holds a key frame not far behind its beginning, and goes on behind it for as long as before.
        let encoded = try #require(pieces[1]["encoded_frames"]?.integerValue)
        let total = try #require(pieces[1]["frames"]?.integerValue)
        #expect(encoded > 0 && encoded * 2 < total + 30, "\(measured)")
        let same = try await packets(paths[2]).count { sourcePackets.contains($0) }
        #expect(Int64(same) == (pieces[2]["frames"]?.integerValue ?? 0) - (pieces[2]["encoded_frames"]?.integerValue ?? 0))
        #expect(same > 60, "\(same)")
        let sound = try await fixture.probe(paths[1], "a")
        #expect(abs((Double(sound["duration"] ?? "") ?? 0) - 2.61) < 0.12, "\(sound)")
    }

    /// What the source's packets can not promise has everything encoded, at key frames as well.
    @Test(
        arguments: [
            ("codec", "h264"), ("container", "webm"), ("bit_rate", 300_000), ("encoder", "software"), ("audio", "aac"),
            ("audio_bit_rate", 64_000),
        ] as [(String, JSONValue)])
    func wishesOfTheEncoderAreMet(_ field: String, _ value: JSONValue) async throws {
        let fixture = try VideoFixture()
        let source = try await film(fixture, "film.mp4", ["-c:v", "libx264", "-g", "50"])
        var wishes: [String: JSONValue] = ["at": "times", "times": "2, 3.2", "speed": "ultrafast"]
        wishes[field] = value
        let (paths, measured) = try await fixture.encode("video.split", .object(wishes), on: [source])
        let pieces = measured["pieces"]?.arrayValue ?? []
        #expect(paths.count == 3 && measured["copied"] == 0, "\(measured)")
        #expect(
            pieces.count == 3
                && pieces.allSatisfy {
                    $0["reason"]?.stringValue?.hasPrefix(field + " is given") == true && $0["frames"] == $0["encoded_frames"]
                }, "\(measured)")
        let sourcePackets = Set(try await packets(source))
        let made = try await packets(paths[0])
        #expect(made.count == 50 && made.allSatisfy { !sourcePackets.contains($0) })
    }

    @Test func soundIsLeftOutOfCopiesToo() async throws {
        let fixture = try VideoFixture()
        let source = try await film(fixture, "film.mp4", ["-c:v", "libx264", "-g", "50"])
        let (paths, measured) = try await fixture.encode(
            "video.split", ["at": "times", "times": "2, 3.2", "audio": "none", "quality": 20, "speed": "ultrafast"], on: [source])
        #expect(measured["copied"] == 1 && paths.count == 3, "\(measured)")
        for path in paths { #expect(try await fixture.probe(path, "a").isEmpty) }
    }

    /// Behind the only key frame nothing is found; the clock begins below zero besides.
    @Test func whatLiesFarBehindAKeyFrameIsFound() async throws {
        let fixture = try VideoFixture()
        let path = fixture.path("film.ts")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=8", "-c:v", "libx264", "-g", "500", "-output_ts_offset", "-20",
            "-avoid_negative_ts", "disabled", path,
        ])
        for start in [2.0, 5, 7.9, 30] {
            let source = try FrameSource(path: path, from: start)
            let first = try #require(try source.next())
            #expect(first.time < 0.01, "\(start): \(first.time)")
        }
    }

    /// A transport stream besides, in which no list of key frames tells where to begin.
    @Test(arguments: [
        ("film.mp4", ["-c:v", "mpeg4", "-g", "50"]),
        ("film.mp4", ["-c:v", "libx265", "-x265-params", "log-level=none:keyint=50"]),
        ("film.mp4", ["-c:v", "libx264", "-g", "50", "-flags", "+ilme+ildct"]),
        ("film.ts", ["-c:v", "libx264", "-g", "50", "-bf", "2"]),
    ])
    func whatCanNotBeCutSoIsEncodedAndSaysWhy(_ name: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let source = try await film(fixture, name, encoder)
        let (paths, measured) = try await fixture.encode(
            "video.split", ["at": "times", "times": "3.12", "speed": "ultrafast"], on: [source])
        let pieces = measured["pieces"]?.arrayValue ?? []
        #expect(
            pieces.count == 2
                && pieces.allSatisfy { $0["reason"]?.stringValue?.isEmpty == false && $0["frames"] == $0["encoded_frames"] },
            "\(measured)")
        #expect(try await fixture.pictures(paths[0]).count == 78)
        #expect(try await fixture.pictures(paths[1]).count == 122)
    }
}
