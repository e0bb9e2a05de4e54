import AudioCore
import Media
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct ConvertOperationTests {
    @Test(arguments: AudioFileFormat.allCases, OutputQuality.allCases)
    func everyFormatAndQuality(format: AudioFileFormat, quality: OutputQuality) async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let parameters: JSONValue = ["format": .string(format.rawValue), "quality": .string(quality.rawValue)]
        guard format.isLossless || quality != .lossless else {
            await #expect(throws: AudioError.self) { try await fixture.run("audio.convert", parameters, on: talk) }
            return
        }
        let (file, measurements) = try await fixture.run("audio.convert", parameters, on: talk)
        let stream = try #require(try await fixture.ffprobe(file)["streams"]?[0])
        let codecs: [AudioFileFormat: String] = [
            .wav: "pcm_s16le", .mp3: "mp3", .flac: "flac", .aac: "aac", .ogg: "vorbis", .opus: "opus",
        ]
        #expect(stream["codec_name"]?.stringValue == codecs[format])
        #expect(stream["channels"] == 2)
        #expect(stream["sample_rate"]?.stringValue == (format == .opus ? "48000" : "44100"))
        #expect(abs(try #require(measurements.number("duration_seconds")) - 12) <= 0.01)
        // The sound is the same.
        let (before, after) = (try await fixture.ffmpegLoudness(talk), try await fixture.ffmpegLoudness(file))
        #expect(abs(before.integrated - after.integrated) <= 0.5)
    }

    @Test(arguments: ["pcm_s16le", "pcm_s24le"])
    func losslessIsBitExact(codec: String) async throws {
        let fixture = try MediaFixture()
        _ = try await fixture.talk()
        let source = try await fixture.make(
            "source.wav", "-i talk.wav -af volume=0.7123,aresample=dither_method=triangular -c:a \(codec)")
        var file = source
        for format in ["flac", "wav", "flac"] {
            file = try await fixture.run("audio.convert", ["format": .string(format)], on: file).file
        }
        func digest(_ path: String) async throws -> String {
            try await MediaFixture.command(
                "ffmpeg", ["-v", "error", "-i", path, "-map", "0:a", "-c:a", "pcm_s24le", "-f", "md5", "-"])
        }
        #expect(try await digest(source) == digest(file))
    }

    @Test func settingsAreObeyed() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let (file, _) = try await fixture.run(
            "audio.convert", ["format": "wav", "sample_rate_hz": 32_000, "channels": 1, "bit_depth": "24"], on: talk)
        let stream = try #require(try await fixture.ffprobe(file)["streams"]?[0])
        #expect(stream["codec_name"] == "pcm_s24le" && stream["sample_rate"] == "32000" && stream["channels"] == 1)
        let (float, _) = try await fixture.run("audio.convert", ["format": "wav", "bit_depth": "32"], on: talk)
        #expect(try await fixture.ffprobe(float)["streams"]?[0]?["codec_name"] == "pcm_f32le")
    }

    @Test(
        arguments: [
            (["format": "mp3", "bit_depth": "24"], "bit_depth"), (["format": "flac", "bit_depth": "32"], "flac"),
            (["format": "mp3", "channels": 6], "channels"), (["format": "mp3", "sample_rate_hz": 96_000], "48000"),
            (["format": "ogg", "sample_rate_hz": 96_000], "48000"), (["format": "opus", "sample_rate_hz": 44_100], "48000"),
            (["format": "aac", "quality": "lossless"], "lossless"),
        ] as [(JSONValue, String)])
    func impossibleSettingsAreNamed(parameters: JSONValue, word: String) async throws {
        let fixture = try MediaFixture()
        let tone = try await fixture.make("tone.wav", "-f lavfi -i sine -t 1")
        let error = await #expect(throws: AudioError.self) { try await fixture.run("audio.convert", parameters, on: tone) }
        #expect(error?.code == "output-not-possible")
        #expect(error?.message.contains(word) == true)
    }

    @Test func ditherRemovesDistortion() async throws {
        // A tone under half a step of 16 bits vanishes when rounded and lives on under dither.
        let fixture = try MediaFixture()
        let tone = try await fixture.make(
            "tone.wav", "-f lavfi -i sine=frequency=1000:sample_rate=48000 -t 2 -af volume=-80dB -c:a pcm_f32le")
        let (plain, _) = try await fixture.run("audio.convert", ["bit_depth": "16", "dither": "none"], on: tone)
        let rounded = try fixture.read(plain).suffix(100_000)
        #expect(rounded.count == 100_000 && rounded.allSatisfy { $0 == 0 })
        let (dithered, _) = try await fixture.run("audio.convert", ["bit_depth": "16"], on: tone)
        let levels = try await fixture.statistic(
            "RMS_level", of: [dithered], filter: "aformat=dblp,bandpass=f=1000:width_type=h:w=20")
        let last = try #require(levels.last)
        // FFmpeg's sine is at -18 dBFS peak: -101 dBFS RMS after the gain.
        #expect(abs(last - -101) <= 2)
    }

    @Test func eightChannelsAt192kHz() async throws {
        let fixture = try MediaFixture()
        let source = try await fixture.make(
            "eight.wav",
            "-f lavfi -i sine=sample_rate=192000 -af pan=7.1|c0=c0|c1=c0|c2=c0|c4=c0|c5=c0|c6=c0|c7=c0 -t 1 -c:a pcm_s24le")
        for format in AudioFileFormat.allCases {
            for operation in ["audio.convert", "audio.normalize"] {
                let (file, _) = try await fixture.run(operation, ["format": .string(format.rawValue)], on: source)
                let stream = try #require(try await fixture.ffprobe(file)["streams"]?[0])
                #expect(stream["channels"] == (format == .mp3 ? 2 : 8))
                #expect(stream["sample_rate"]?.stringValue == (format.isLossless ? "192000" : "48000"))
            }
        }
        let (_, measurements) = try await fixture.run("audio.loudness", on: source)
        #expect(measurements["channels"] == ["front", "front", "front", "none", "front", "front", "surround", "surround"])
        let (_, probe) = try await fixture.run("audio.probe", on: source)
        #expect(probe["audio"]?[0]?["channel_layout"] == "7.1")
    }

    /// Floating point may be louder than full scale. Files of integers end there, and the result tells how much was lost.
    @Test(
        arguments: [
            ("wav", "16", 1), ("wav", "24", 1), ("flac", "16", 1), ("wav", "32", 100), ("mp3", nil, nil),
        ] as [(String, String?, Float?)])
    func whatIsAboveFullScaleIsKeptOrCounted(_ format: String, _ bits: String?, _ peak: Float?) async throws {
        let fixture = try MediaFixture()
        let hot = try await fixture.make("hot.wav", "-f lavfi -i aevalsrc=100*sin(2*PI*1000*t):s=48000:d=1 -c:a pcm_f32le")
        let loud = try await fixture.make("loud.wav", "-f lavfi -i aevalsrc=sin(2*PI*1000*t):s=48000:d=1 -c:a pcm_f32le")
        var parameters: [String: JSONValue] = ["format": .string(format), "dither": "none"]
        if let bits { parameters["bit_depth"] = .string(bits) }
        for operation in ["audio.convert", "audio.effects"] {
            if operation == "audio.effects" { parameters["chain"] = ["effects": []] }
            let all = JSONValue.object(parameters)
            let (file, measurements) = try await fixture.run(operation, all, on: hot)
            let clipped = measurements["output"]?["clipped_samples"]?.integerValue
            // Of 48 samples a period two pass through nothing.
            #expect(clipped == (peak == 1 ? 46_000 : nil), "\(measurements)")
            let loudest = try await fixture.samples(file, rate: 48_000).map(abs).max() ?? 0
            if let peak { #expect(abs(loudest / peak - 1) < 1e-3) } else { #expect(loudest > 2) }
            let (_, fitting) = try await fixture.run(operation, all, on: loud)
            #expect(fitting["output"]?["clipped_samples"] == nil, "\(fitting)")
        }
    }
}
