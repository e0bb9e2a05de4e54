import AudioCore
import Glibc
import Media
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct MetadataTests {
    private static let tags = [
        "title": "Grüße \"aus\" Köln", "artist": "Die Stimme", "album": "Reden", "date": "2026", "genre": "Speech",
    ]

    private func tagged(_ fixture: MediaFixture) async throws -> String {
        _ = try await fixture.make("tone.wav", "-f lavfi -i sine=sample_rate=44100 -t 4")
        _ = try await fixture.cover()
        var arguments = ["-y", "-v", "error", "-i", "tone.wav", "-i", "cover.png", "-map", "0", "-map", "1", "-c:v", "copy"]
        for (name, value) in Self.tags { arguments += ["-metadata", "\(name)=\(value)"] }
        try await MediaFixture.command(
            "ffmpeg", arguments + ["-disposition:v", "attached_pic", "tagged.flac"], in: fixture.folder.path)
        return fixture.path("tagged.flac")
    }

    @Test(arguments: AudioFileFormat.allCases, ["audio.convert", "audio.normalize"])
    func tagsAndCoverArtAreKept(format: AudioFileFormat, operation: String) async throws {
        let fixture = try MediaFixture()
        let source = try await tagged(fixture)
        let (file, _) = try await fixture.run(operation, ["format": .string(format.rawValue)], on: source)
        let probe = try await fixture.ffprobe(file)
        var found = probe["format"]?["tags"]?.objectValue ?? [:]
        found.merge(probe["streams"]?[0]?["tags"]?.objectValue ?? [:]) { first, _ in first }
        let names = Dictionary(found.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        for (name, value) in Self.tags { #expect(names[name] == .string(value), "\(name) in \(format.rawValue)") }
        // The picture comes out byte by byte; RIFF has no place for one.
        guard format != .wav else { return }
        try await MediaFixture.command(
            "ffmpeg", ["-y", "-v", "error", "-i", file, "-map", "0:v", "-c", "copy", "-f", "image2", fixture.path("found.png")])
        #expect(try fixture.read(fixture.path("found.png")) == fixture.read(fixture.path("cover.png")))
    }

    @Test func everyFormatPassesThemOn() async throws {
        // Around all formats that carry pictures and back.
        let fixture = try MediaFixture()
        var file = try await tagged(fixture)
        for format in ["mp3", "aac", "ogg", "opus", "flac"] {
            file = try await fixture.run("audio.convert", ["format": .string(format), "sample_rate_hz": 48_000], on: file).file
        }
        let (_, probe) = try await fixture.run("audio.probe", ["loudness": false, "waveform_points": 0], on: file)
        #expect(probe["tags"]?["title"]?.stringValue == Self.tags["title"])
        #expect(probe["cover_art"]?["media_type"] == "image/png")
        #expect(probe["cover_art"]?["width"] == 64)
    }

    @Test func probeShowsEverything() async throws {
        let fixture = try MediaFixture()
        let (_, probe) = try await fixture.run("audio.probe", ["waveform_points": 100], on: tagged(fixture))
        #expect(probe["container"] == "flac")
        #expect(probe["audio"]?[0]?["codec"] == "flac" && probe["audio"]?[0]?["sample_rate_hz"] == 44_100)
        #expect(probe["audio"]?[0]?["bit_depth"] == 16 && probe["video"] == [])
        #expect(abs(try #require(probe.number("duration_seconds")) - 4) <= 0.001)
        #expect(probe["tags"]?["artist"] == "Die Stimme")
        let peaks = try #require(probe["waveform"]?["peaks"]?.arrayValue)
        #expect(peaks.count == 100)
        let highest = peaks.compactMap(\.doubleValue).max() ?? 0
        let peak = try #require(probe.number("loudness", "sample_peak_dbfs"))
        #expect(abs(highest - pow(10, peak / 20)) <= 0.001)
        #expect(probe.number("loudness", "integrated_lufs") != nil)
    }

    @Test func probeOfPicturesWithoutSound() async throws {
        let fixture = try MediaFixture()
        let video = try await fixture.make("mute.mp4", "-f lavfi -i testsrc=size=64x48:rate=10 -t 1")
        let (_, probe) = try await fixture.run("audio.probe", on: video)
        #expect(probe["audio"] == [] && probe["video"]?[0]?["width"] == 64)
        #expect(probe["loudness"] == nil && probe["waveform"] == nil)
        await #expect(throws: MediaError.noAudio) { try await fixture.run("audio.loudness", on: video) }
    }

    @Test func resultsFitIntoAMessage() async throws {
        let fixture = try MediaFixture()
        let long = String(repeating: "x", count: 20_000)
        let input = try await fixture.make("long.flac", "-f lavfi -i sine -t 2 -metadata comment=\(long) -metadata lyrics=\(long)")
        let (_, probe) = try await fixture.run("audio.probe", ["waveform_points": 4000], on: input)
        #expect(probe.serialized().count < 60_000)
    }
}
