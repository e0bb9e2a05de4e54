import AudioCore
import Contracts
import Media
import Primitives
import TestSupport
import Testing

/// A fade at the end of files that do not tell how long they are.
@Suite(.computing) struct FadeOutTests {
    /// Loud noise and then a tone: the first frames' bit rate makes the file look much shorter than it is.
    private static func file(_ name: String, _ coding: String, _ fixture: MediaFixture) async throws -> String {
        let path = try await fixture.make(
            name,
            "-f lavfi -i anoisesrc=d=4:r=44100:a=0.5:s=3 -f lavfi -i sine=f=300:r=44100:d=16 -filter_complex concat=n=2:v=0:a=1 "
                + coding)
        let info = try MediaReader(path: path).info
        #expect(info.isDurationGuessed && (info.duration ?? 20) < 15, "\(String(describing: info.duration))")
        return path
    }

    private static func peak(_ samples: ArraySlice<Float>) -> Float { samples.map(abs).max() ?? 0 }

    @Test(arguments: [("a.aac", "-c:a aac -q:a 1 -f adts"), ("a.mp3", "-c:a libmp3lame -q:a 2 -write_xing 0")])
    func theFadeIsWhereTheSoundEnds(_ name: String, _ coding: String) async throws {
        let fixture = try MediaFixture()
        let path = try await Self.file(name, coding, fixture)
        let chain: JSONValue = ["effects": [["type": "fade_out", "length_seconds": 2]]]
        let whole = try await fixture.run("audio.effects", ["chain": chain, "format": "wav"], on: path)
        let samples = try await fixture.samples(whole.file, rate: 44_100)
        try #require(abs(samples.count - 20 * 44_100) < 6000)
        let (end, second) = (samples.count, 44_100)
        let full = Self.peak(samples[10 * second..<11 * second])
        #expect(full > 0.05)
        #expect(Self.peak(samples[end - 3 * second..<end - 5 * second / 2]) > 0.9 * full)
        #expect(Self.peak(samples[end - 2 * second + 4000..<end]) < full)
        #expect(Self.peak(samples[end - 2000..<end]) < 0.15 * full)
        // A part from the middle knows where the end is.
        let part = try await fixture.run(
            "audio.effects", ["chain": chain, "start_s": 16, "duration_s": 1, "format": "wav"], on: path)
        #expect(Self.peak(try await fixture.samples(part.file, rate: 44_100)[0...]) > 0.9 * full)
    }

    /// Matroska tells where sound ends, or only where the film does; the fade is at the end of the sound.
    @Test(arguments: ["", "-fflags +bitexact -live 1"])
    func theFadeOfLateSoundIsWhereItEnds(_ tagging: String) async throws {
        let fixture = try MediaFixture()
        let path = try await fixture.make(
            "late.mkv",
            "-f lavfi -i testsrc=s=64x48:r=25:d=14 -itsoffset 3 -f lavfi -i sine=f=300:r=44100:d=8 -map 0:v -map 1:a "
                + "-c:v libx264 -c:a flac \(tagging)")
        let chain: JSONValue = ["effects": [["type": "fade_out", "length_seconds": 2]]]
        let (file, _) = try await fixture.run("audio.effects", ["chain": chain, "format": "wav"], on: path)
        let samples = try await fixture.samples(file, rate: 44_100)
        try #require(abs(samples.count - 8 * 44_100) < 3000)
        let (end, second) = (samples.count, 44_100)
        let full = Self.peak(samples[second..<2 * second])
        #expect(Self.peak(samples[end - 3 * second..<end - 5 * second / 2]) > 0.9 * full)
        #expect(Self.peak(samples[end - 2000..<end]) < 0.15 * full)
    }

    @Test func whatWasNoNumberInAPartIsCounted() async throws {
        let fixture = try MediaFixture()
        var samples = [Float](repeating: 0.25, count: 48_000)
        for index in 24_000..<24_010 { samples[index] = .nan }
        _ = try fixture.write("samples.f32", samples.withUnsafeBytes { Bytes($0) })
        let path = try await fixture.make("bad.wav", "-f f32le -ar 48000 -ac 1 -i samples.f32 -c:a pcm_f32le")
        let chain: JSONValue = ["effects": [["type": "gain", "gain_db": -6]]]
        let (_, measurements) = try await fixture.run(
            "audio.effects", ["chain": chain, "start_s": 0.4, "duration_s": 0.5, "format": "wav"], on: path)
        #expect(measurements["replaced_samples"] == 10, "\(measurements)")
    }
}
