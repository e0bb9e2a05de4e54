import AudioCore
import AudioEdit
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct LevelOperationTests {
    /// A speaker, and one 14 dB below, over soft noise.
    private func conversation(_ fixture: MediaFixture, _ options: String = "-ar 44100 -c:a pcm_s16le") async throws -> String {
        _ = try await fixture.talk()
        _ = try await fixture.make("speaking.wav", "-i talk.wav -t 8 -c:a pcm_s16le")
        _ = try await fixture.make("quiet.wav", "-i speaking.wav -af volume=-14dB -c:a pcm_s16le")
        _ = try await fixture.make(
            "noise.wav", "-f lavfi -i anoisesrc=c=pink:a=0.0005:r=44100:s=5:d=16 -ac 2 -c:a pcm_s16le")
        let filter = "[0:a][1:a]concat=n=2:v=0:a=1[t];[t][2:a]amix=normalize=0"
        return try await fixture.make(
            "conversation.wav", "-i speaking.wav -i quiet.wav -i noise.wav -filter_complex \(filter) \(options)")
    }

    private func range(_ measurements: JSONValue, _ when: String) throws -> Double {
        try #require(measurements.number(when, "range_lu"))
    }

    @Test(arguments: ["wav", "aac"]) func speakersComeTogetherAtTheTarget(format: String) async throws {
        let fixture = try MediaFixture()
        let (files, measurements) = try await fixture.run(
            "audio.level", ["strength": 1, "format": .string(format)], on: [conversation(fixture)], models: "/nonexistent")
        let independent = try await fixture.ffmpegLoudness(try #require(files.first))
        #expect(abs(independent.integrated - -16) <= 0.12 && independent.truePeak <= -0.95)
        #expect(measurements["target_reached"] == true && measurements["speech_detector"] == "level")
        #expect(try range(measurements, "after") < range(measurements, "before") - 6, "\(measurements)")
        #expect(try #require(measurements.number("levelling", "ninetieth_percentile_db")) > 5)
    }

    @Test(.enabled(if: InstalledModels.areWanted)) func theDetectorListens() async throws {
        let fixture = try MediaFixture()
        let (_, measurements) = try await fixture.run("audio.level", ["strength": 1], on: [conversation(fixture)])
        #expect(measurements["speech_detector"] == "silero-vad")
        #expect(try range(measurements, "after") < range(measurements, "before") - 6, "\(measurements)")
    }

    @Test(arguments: ["-ar 8000 -c:a pcm_mulaw", "-ac 6 -ar 48000 -c:a pcm_s24le"]) func otherRatesAndLayouts(options: String)
        async throws
    {
        let fixture = try MediaFixture()
        let (files, measurements) = try await fixture.run(
            "audio.level", [:], on: [conversation(fixture, options)], models: "/nonexistent")
        #expect(abs(try await fixture.ffmpegLoudness(try #require(files.first)).integrated - -16) <= 0.12)
        #expect(measurements["target_reached"] == true)
    }

    /// Nothing to level and nothing to normalise: the samples are what they were.
    @Test func withoutStrengthAndTargetNothingChanges() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let (files, measurements) = try await fixture.run(
            "audio.level", ["strength": 0, "normalize": false, "bit_depth": "32"], on: [talk], models: "/nonexistent")
        let peaks = try await fixture.statistic(
            "Peak_level", of: [talk, try #require(files.first)],
            filter: "[0:a]aformat=dblp[a];[1:a]aformat=dblp,volume=-1[b];[a][b]amix=normalize=0")
        #expect(try #require(peaks.max()) < -150)
        #expect(measurements["target_reached"] == .null && measurements["limited"] == false)
    }

    @Test func whatWouldClipIsLimited() async throws {
        let fixture = try MediaFixture()
        let loud = try await fixture.make(
            "loud.wav", "-f lavfi -i sine=frequency=997:r=48000 -t 3 -af volume=22dB -c:a pcm_f32le")
        let (files, measurements) = try await fixture.run(
            "audio.level", ["normalize": false, "true_peak_dbtp": -2], on: [loud], models: "/nonexistent")
        #expect(measurements["limited"] == true)
        #expect(try await fixture.ffmpegLoudness(try #require(files.first)).truePeak <= -1.95)
    }

    @Test func oddSoundsFailClearly() async throws {
        let fixture = try MediaFixture()
        let silence = try await fixture.make("silence.wav", "-f lavfi -i anullsrc -t 2")
        let single = try await fixture.make("single.wav", "-f lavfi -i sine=r=48000 -af atrim=end_sample=1")
        await #expect(throws: AudioError.silent) { try await fixture.run("audio.level", on: silence) }
        await #expect(throws: AudioError.self) { try await fixture.run("audio.level", on: single) }
        let kept = try await fixture.run("audio.level", ["normalize": false], on: [silence], models: "/nonexistent")
        #expect(kept.measurements["after"]?["integrated_lufs"] == .null)
        var wave = try fixture.read(await fixture.make("float.wav", "-f lavfi -i sine=sample_rate=48000 -t 1 -c:a pcm_f32le"))
        wave.replaceSubrange(wave.count - 4000..<wave.count - 3996, with: [0, 0, 0xC0, 0x7F])
        let broken = try fixture.write("nan.wav", wave)
        await #expect(throws: AudioError.notFinite) { try await fixture.run("audio.level", on: broken) }
    }
}
