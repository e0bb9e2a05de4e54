import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// When files are joined as they are, and when anew.
@Suite(.computing) struct ConcatTests {
    private func clip(_ fixture: VideoFixture, _ name: String, _ encoder: [String]) async throws -> String {
        try await fixture.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=1", "-f", "lavfi", "-i", "sine=r=48000:d=1", "-pix_fmt", "yuv420p",
            ] + encoder + [fixture.path(name)])
        return fixture.path(name)
    }

    @Test(
        arguments: [
            ("film.mov", ["-c:v", "libx264", "-c:a", "pcm_s16le"], [:], "mp4 can not hold pcm_s16le"),
            ("film.mov", ["-c:v", "prores_ks", "-profile:v", "0", "-c:a", "aac"], [:], "mp4 can not hold prores"),
            ("film.mp4", ["-c:v", "libx264", "-c:a", "aac"], ["container": "webm"], "webm can not hold h264"),
        ] as [(String, [String], [String: JSONValue], String)])
    func whatTheContainerDoesNotHoldIsEncoded(
        _ name: String, _ encoder: [String], _ wishes: [String: JSONValue], _ reason: String
    ) async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture, name, encoder)
        let (paths, measured) = try await fixture.encode("video.concat", .object(wishes), on: [film, film])
        #expect(measured["is_copy"] == false && measured["reason"]?.stringValue == reason, "\(measured)")
        let times = try await fixture.times(paths[0])
        #expect(times.count == 50, "\(times) \(measured)")
        let copy = wishes.merging(["road": "copy"]) { $1 }
        #expect(await fixture.fails("video.concat", .object(copy), on: [film, film]) == "output-not-possible")
    }

    @Test func whatTheContainerHoldsIsNot() async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture, "film.mov", ["-c:v", "prores_ks", "-profile:v", "0", "-c:a", "pcm_s16le"])
        let (paths, measured) = try await fixture.encode("video.concat", ["container": "mov"], on: [film, film])
        #expect(measured["is_copy"] == true, "\(measured)")
        #expect(try await fixture.probe(paths[0])["nb_read_frames"] == "50")
        #expect(try await fixture.probe(paths[0], "a")["codec_name"] == "pcm_s16le")
    }

    /// What only an encoder can do has all of it encoded.
    @Test(
        arguments: [
            ("codec", "h264"), ("quality", 30), ("bit_rate", 200_000), ("speed", "ultrafast"), ("encoder", "software"),
            ("audio", "none"), ("audio_bit_rate", 64_000),
        ] as [(String, JSONValue)])
    func wishesOfTheEncoderAreMet(_ field: String, _ value: JSONValue) async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture, "film.mp4", ["-c:v", "libx264", "-c:a", "aac", "-b:a", "128k"])
        let (paths, measured) = try await fixture.encode("video.concat", [field: value], on: [film, film])
        #expect(measured["is_copy"] == false && measured["reason"]?.stringValue?.hasPrefix(field + " is") == true, "\(measured)")
        let sound = try await fixture.probe(paths[0], "a")
        if field == "audio" { #expect(sound.isEmpty) }
        if field == "audio_bit_rate" { #expect((Int(sound["bit_rate"] ?? "") ?? 0) < 90_000, "\(sound)") }
    }
}
