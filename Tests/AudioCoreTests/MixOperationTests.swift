import AudioCore
import AudioEdit
import Contracts
import Glibc
import Jobs
import Media
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct MixOperationTests {
    /// The level of a stretch of a file's sum of channels, dBFS.
    private func level(_ samples: [Float], _ seconds: ClosedRange<Double>, rate: Int) -> Double {
        let part = samples[Int(seconds.lowerBound * Double(rate))..<Int(seconds.upperBound * Double(rate))]
        return 10 * log10(part.reduce(0) { $0 + Double($1) * Double($1) } / Double(part.count))
    }

    @Test func tracksOfAllKindsAddUp() async throws {
        let fixture = try MediaFixture()
        let mono = try await fixture.make("mono.wav", "-f lavfi -i sine=f=300:r=8000:d=2 -c:a pcm_s16le")
        let stereo = try await fixture.make("stereo.flac", "-f lavfi -i sine=f=1000:r=44100:d=3 -ac 2")
        let wide = try await fixture.make("wide.wav", "-f lavfi -i sine=f=3000:r=48000:d=1 -ac 6 -c:a pcm_s24le")
        let tracks: JSONValue = ["tracks": [["gain_db": -6], ["start_s": 1], [:]]]
        let (files, measurements) = try await fixture.run("audio.mix", ["mix": tracks, "format": "wav"], on: [mono, stereo, wide])
        #expect(measurements.number("duration_seconds") == 4 && measurements["tracks"] == 3)
        #expect(measurements["output"]?["sample_rate_hz"] == 48_000 && measurements["output"]?["channels"] == 2)
        let probe = try await fixture.ffprobe(try #require(files.first))
        #expect(probe["streams"]?[0]?["channels"] == 2)
        let samples = try await fixture.samples(files[0], rate: 48_000)
        #expect(samples.count == 192_000)
        #expect(level(samples, 3.1...3.9, rate: 48_000) > -24)
    }

    @Test func musicMakesRoomForSpeech() async throws {
        let fixture = try MediaFixture()
        let voice = try await fixture.make(
            "voice.wav", "-f lavfi -i sine=f=300:r=16000:d=6,volume='between(t,2,4)':eval=frame -c:a pcm_s16le")
        let music = try await fixture.make("music.wav", "-f lavfi -i sine=f=2000:r=16000:d=1.5 -c:a pcm_s16le")
        let mix: JSONValue = ["tracks": [["role": "speech"], ["loop": true, "duck": true]]]
        let (files, measurements) = try await fixture.run(
            "audio.mix", ["mix": mix, "duck_depth_db": 20, "format": "wav"], on: [voice, music])
        #expect(measurements.number("duration_seconds") == 6)
        #expect(abs(try #require(measurements.number("ducked_seconds")) - 2.5) < 0.1)
        _ = try await fixture.make("bed.wav", "-i \(files[0]) -af highpass=f=1200:p=2,highpass=f=1200:p=2")
        let bed = try await fixture.samples(fixture.path("bed.wav"), rate: 16_000)
        let before = level(bed, 0.5...1.5, rate: 16_000)
        #expect(abs(level(bed, 2.2...3.8, rate: 16_000) - before + 20) < 1.5)
        #expect(abs(level(bed, 5.6...5.9, rate: 16_000) - before) < 0.5)
    }

    @Test func mixesMeetATargetAndNeverClip() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let loud = try await fixture.make("loud.wav", "-f lavfi -i sine=f=500:r=44100:d=4 -af volume=17dB -c:a pcm_s16le")
        let (files, measurements) = try await fixture.run(
            "audio.mix", ["target_lufs": -16, "format": "flac", "duration": "first"], on: [talk, loud])
        #expect(abs(try await fixture.ffmpegLoudness(files[0]).integrated - -16) <= 0.12)
        #expect(measurements["target_reached"] == true)
        let (plain, told) = try await fixture.run("audio.mix", ["format": "wav"], on: [loud, loud])
        #expect(told["limited"] == true)
        #expect(try await fixture.ffmpegLoudness(plain[0]).truePeak <= -0.95)
    }

    @Test func oddSounds() async throws {
        let fixture = try MediaFixture()
        let silence = try await fixture.make("silence.wav", "-f lavfi -i anullsrc=r=48000:cl=mono -t 1 -c:a pcm_s16le")
        let single = try await fixture.make("single.wav", "-f lavfi -i sine=r=48000 -af atrim=end_sample=1 -c:a pcm_s16le")
        let (_, both) = try await fixture.run("audio.mix", [:], on: [silence, single])
        #expect(both.number("duration_seconds") == 1 && both["output"]?["channels"] == 1)
        let (_, one) = try await fixture.run(
            "audio.mix", ["mix": ["tracks": [["fade_in_s": 2, "fade_out_s": 2, "pan": 0.5]]]], on: [single])
        #expect(one["output"]?["channels"] == 2)
        await #expect(throws: AudioError.silent) { try await fixture.run("audio.mix", ["target_lufs": -16], on: [silence]) }
        var wave = try fixture.read(await fixture.make("float.wav", "-f lavfi -i sine=sample_rate=48000 -t 1 -c:a pcm_f32le"))
        wave.replaceSubrange(wave.count - 4000..<wave.count - 3996, with: [0, 0, 0xC0, 0x7F])
        let broken = try fixture.write("nan.wav", wave)
        let error = await #expect(throws: MediaError.self) { try await fixture.run("audio.mix", on: [silence, broken]) }
        #expect(error?.code == "audio-not-finite")
        await #expect(throws: EditError.self) {
            try await fixture.run("audio.mix", ["mix": ["tracks": [[:], [:]]]], on: [silence])
        }
    }

    @Test(
        arguments: [
            (["mix": ["tracks": [["gain": 3]]]], "invalid-mix"), (["channels": 6], "output-not-possible"),
            (["mix": ["tracks": 1]], "invalid-mix"),
        ] as [(JSONValue, String)])
    func documentsAreRefusedAtOnce(parameters: JSONValue, code: String) throws {
        let operation = try #require(AudioOperations.catalogue["audio.mix"])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(try operation.canonicalParameters(parameters), resources: [:])
        }
        #expect(error?.code == code)
        #expect(operation.inputs.count == 1...16)
    }
}
