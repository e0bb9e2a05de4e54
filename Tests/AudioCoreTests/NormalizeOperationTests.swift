import AudioCore
import FoundationEssentials
import Jobs
import Media
import Primitives
import Synchronization
import TestSupport
import Testing

@Suite(.computing) struct NormalizeOperationTests {
    @Test(arguments: LoudnessPreset.allCases)
    func presetsAreMet(preset: LoudnessPreset) async throws {
        let fixture = try MediaFixture()
        let (file, measurements) = try await fixture.run(
            "audio.normalize", ["preset": .string(preset.rawValue)], on: fixture.talk())
        let independent = try await fixture.ffmpegLoudness(file)
        #expect(abs(independent.integrated - preset.target.integrated) <= 0.1)
        #expect(independent.truePeak <= preset.target.truePeak)
        #expect(abs(try #require(measurements.number("after", "integrated_lufs")) - independent.integrated) <= 0.05)
        #expect(abs(try #require(measurements.number("after", "true_peak_dbtp")) - independent.truePeak) <= 0.1)
        #expect(measurements["target_reached"] == true)
        #expect(measurements["preset"] == .string(preset.rawValue))
    }

    @Test(arguments: AudioFileFormat.allCases)
    func everyFormatMeetsTheTargetAndKeepsTheCeiling(format: AudioFileFormat) async throws {
        let fixture = try MediaFixture()
        let (file, measurements) = try await fixture.run(
            "audio.normalize", ["target_lufs": -13, "true_peak_dbtp": -1.5, "format": .string(format.rawValue)], on: fixture.talk())
        #expect(file.hasSuffix("talk-normalized." + format.fileExtension))
        #expect(measurements["mode"] == "limited")
        let independent = try await fixture.ffmpegLoudness(file)
        #expect(abs(independent.integrated - -13) <= 0.12)
        #expect(independent.truePeak <= -1.45, "after decoding: an encoder's overshoot is answered with a lower ceiling")
        #expect(measurements["after_basis"] == (format.isLossless ? "measured" : "decoded"))
        #expect(try #require(measurements.number("limiter", "maximum_reduction_db")) > 0.5)
    }

    /// It measures and applies in two passes over the input, with nothing in between on the disk.
    @Test func nothingButTheResultIsWritten() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let seen = Mutex<Set<String>>([])
        let folder = fixture.outputs.path
        let input = JobContext.Input(path: talk, name: "talk.wav", mediaType: "audio/wav")
        let context = JobContext(inputs: [input], outputFolder: folder) { _ in
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
            seen.withLock { $0.formUnion(names) }
        }
        let operation = try #require(AudioOperations.catalogue["audio.normalize"])
        let output = try await operation.run(["target_lufs": -13], in: context)
        #expect(output.files.map(\.name) == Array(seen.withLock { $0 }))
    }

    @Test func quietTargetsStayLinear() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let (file, measurements) = try await fixture.run("audio.normalize", ["target_lufs": -30, "bit_depth": "32"], on: talk)
        #expect(measurements["mode"] == "linear" && measurements["after_basis"] == "computed")
        let independent = try await fixture.ffmpegLoudness(file)
        #expect(abs(independent.integrated - -30) <= 0.02)
        #expect(abs(try #require(measurements.number("after", "true_peak_dbtp")) - independent.truePeak) <= 0.1)
        // The difference to FFmpeg's own gain is nothing but rounding.
        let gain = try #require(measurements.number("gain_db"))
        let peaks = try await fixture.statistic(
            "Peak_level", of: [talk, file],
            filter: """
                [0:a]aformat=dblp,volume=\(gain)dB:precision=double[a];[1:a]aformat=dblp,volume=-1:precision=double[b];\
                [a][b]amix=normalize=0
                """)
        #expect(try #require(peaks.max()) < -100)
    }

    @Test func familyOfTheInputIsKept() async throws {
        let fixture = try MediaFixture()
        _ = try await fixture.talk()
        for (name, encoder, codec) in [
            ("a.mp3", "libmp3lame", "mp3"), ("a.flac", "flac", "flac"), ("a.m4a", "aac", "aac"), ("a.ogg", "libvorbis", "vorbis"),
            ("a.opus", "libopus", "opus"), ("a.aiff", "pcm_s16be", "pcm_s16le"),
        ] {
            let input = try await fixture.make(name, "-i talk.wav -t 4 -c:a \(encoder)")
            let (file, _) = try await fixture.run("audio.normalize", ["preset": "ebu-r128"], on: input)
            #expect(try await fixture.ffprobe(file)["streams"]?[0]?["codec_name"] == .string(codec))
        }
    }

    @Test func playbackGainTagsAreDropped() async throws {
        let fixture = try MediaFixture()
        _ = try await fixture.talk()
        let input = try await fixture.make(
            "gain.flac", "-i talk.wav -t 3 -metadata title=Talk -metadata REPLAYGAIN_TRACK_GAIN=-3.2dB -metadata R128_TRACK_GAIN=12"
        )
        let (file, _) = try await fixture.run("audio.normalize", [:], on: input)
        let tags = try #require(try await fixture.ffprobe(file)["format"]?["tags"]?.objectValue)
        let names = Set(tags.keys.map { $0.lowercased() })
        #expect(names.contains("title") && !names.contains { $0.hasPrefix("replaygain") || $0.hasPrefix("r128") })
    }

    @Test func unreachableTargetsAreToldHonestly() async throws {
        let fixture = try MediaFixture()
        _ = try await fixture.talk()
        let (file, measurements) = try await fixture.run(
            "audio.normalize", ["target_lufs": -5, "true_peak_dbtp": -12], on: fixture.path("talk.wav"))
        #expect(measurements["target_reached"] == false)
        #expect(measurements["target_missed_because"]?.stringValue?.contains("limiter") == true)
        let independent = try await fixture.ffmpegLoudness(file)
        #expect(independent.truePeak <= -12)
        #expect(abs(try #require(measurements.number("after", "integrated_lufs")) - independent.integrated) <= 0.1)
    }

    @Test func silenceAndShortSoundsFailClearly() async throws {
        let fixture = try MediaFixture()
        let silence = try await fixture.make("silence.wav", "-f lavfi -i anullsrc -t 2")
        let short = try await fixture.make("short.wav", "-f lavfi -i sine -t 0.2")
        await #expect(throws: AudioError.silent) { try await fixture.run("audio.normalize", on: silence) }
        await #expect(throws: AudioError.tooShort(0.2)) { try await fixture.run("audio.normalize", on: short) }
    }

    @Test func monoCanCountAsTwoLoudspeakers() async throws {
        let fixture = try MediaFixture()
        let mono = try await fixture.make("mono.wav", "-f lavfi -i sine=frequency=1000 -t 3")
        let (file, _) = try await fixture.run("audio.normalize", ["target_lufs": -23, "dual_mono": true], on: mono)
        #expect(abs(try await fixture.ffmpegLoudness(file).integrated - -26.01) <= 0.05)
    }
}
