import AudioCore
import AudioEdit
import Contracts
import Jobs
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct CutOperationTests {
    private static let words: JSONValue = [
        "duration_seconds": 8, "language": "en",
        "segments": [
            [
                "start_seconds": 0, "end_seconds": 3, "text": "One um two",
                "words": [
                    ["text": "One", "start_seconds": 0.2, "end_seconds": 0.8],
                    ["text": "um", "start_seconds": 1, "end_seconds": 1.6],
                    ["text": "two", "start_seconds": 2, "end_seconds": 2.6],
                ],
            ]
        ],
    ]

    /// A tone of 3 s, a pause of 2 s, a tone of 3 s.
    private func tones(_ fixture: MediaFixture, _ options: String = "-ac 2 -ar 44100 -c:a pcm_s16le") async throws -> String {
        let filter = "sine=f=440:r=44100:d=8,volume='if(between(t,3,5),0.0003,0.8)':eval=frame"
        return try await fixture.make("tones.wav", "-f lavfi -i \(filter) \(options)")
    }

    private func list(_ fixture: MediaFixture, _ files: [String]) throws -> JSONValue {
        let path = try #require(files.first { $0.hasSuffix("-edits.json") })
        return try JSONValue(parsing: fixture.read(path))
    }

    @Test(arguments: ["-ac 2 -ar 44100 -c:a pcm_s16le", "-ar 8000 -c:a pcm_mulaw", "-ac 6 -ar 48000 -c:a pcm_s24le"])
    func pausesAreShortened(options: String) async throws {
        let fixture = try MediaFixture()
        let (files, measurements) = try await fixture.run(
            "audio.cut", ["kept_pause_s": 0.4, "format": "wav"], on: [tones(fixture, options)], models: "/nonexistent")
        #expect(files.count == 3 && files[0].hasSuffix("tones-cut.wav") && files[2].hasSuffix(".edl"))
        let length = try #require(measurements.number("result_duration_seconds"))
        #expect(abs(length - 6.4) < 0.05, "\(measurements)")
        #expect(measurements.number("cuts", "silence", "count") == 1)
        let rate = options.contains("48000") ? 48_000 : options.contains("8000") ? 8000 : 44_100
        let result = try await fixture.samples(files[0], rate: rate)
        let document = try list(fixture, files)
        let keep = try #require(document["keep"]?[1])
        let (old, new) = (try #require(keep.number("start_frame")), try #require(keep.number("result_start_frame")))
        // The recording's own samples, moved by what was cut.
        let source = try await fixture.samples(fixture.path("tones.wav"), rate: rate)
        #expect(result.count == source.count - Int(old - new))
        for frame in stride(from: 4800, to: result.count - Int(new), by: 997) {
            #expect(abs(result[Int(new) + frame] - source[Int(old) + frame]) < 1e-3)
        }
    }

    @Test func fillersGoByTheTranscript() async throws {
        let fixture = try MediaFixture()
        let (files, measurements) = try await fixture.run(
            "audio.cut", ["silences": false, "fillers": true, "words": "two", "transcript": Self.words], on: [tones(fixture)],
            models: "/nonexistent")
        #expect(measurements.number("cuts", "filler", "count") == 1, "neighbours go together")
        let seconds = try #require(measurements.number("cuts", "filler", "seconds"))
        #expect(abs(seconds - 1.6) < 0.13, "edges move to the quietest place near by")
        let path = try #require(files.first { $0.hasSuffix("cut-transcript.json") })
        #expect(try JSONValue(parsing: fixture.read(path))["text"] == "One")
    }

    @Test func rangesAndPreview() async throws {
        let fixture = try MediaFixture()
        let tones = try await tones(fixture)
        let ranges: JSONValue = ["remove": [["start_seconds": 1, "end_seconds": 2], ["start_seconds": 7.5, "end_seconds": 99]]]
        let parameters: JSONValue = ["silences": false, "ranges": ranges, "preview": true]
        let (files, measurements) = try await fixture.run("audio.cut", parameters, on: [tones])
        #expect(files.count == 2 && measurements.number("result_duration_seconds") == 6.5)
        // The list itself can be given back.
        let again = try await fixture.run(
            "audio.cut", ["silences": false, "ranges": list(fixture, files), "format": "flac"], on: [tones])
        #expect(again.measurements.number("result_duration_seconds") == 6.5)
        #expect(try await fixture.samples(again.files[0], rate: 44_100).count == 286_650)
        let everything: JSONValue = ["ranges": ["remove": [["start_seconds": 0, "end_seconds": 8]]]]
        await #expect(throws: EditError.nothingLeft) { try await fixture.run("audio.cut", everything, on: [tones]) }
    }

    @Test(.enabled(if: InstalledModels.areWanted)) func fillersAreHeard() async throws {
        let fixture = try MediaFixture()
        let text = "Today we talk about the weather. Um. It will rain in the north. Uh. And the sun shines in the south."
        let speech = try await fixture.run("audio.speak", ["text": .string(text), "format": "wav"], on: []).files[0]
        let (files, measurements) = try await fixture.run(
            "audio.cut", ["fillers": true, "language": "en", "minimum_silence_s": 0.5, "kept_pause_s": 0.2], on: [speech])
        #expect(measurements["speech_detector"] == "silero-vad")
        let document = try JSONValue(parsing: fixture.read(try #require(files.last)))
        let words = (document["text"]?.stringValue ?? "").lowercased().split { !$0.isLetter }
        #expect(words.contains("weather") && words.contains("south") && !words.contains("um") && !words.contains("uh"))
        #expect(try #require(measurements.number("result_duration_seconds")) < measurements.number("duration_seconds") ?? 0)
    }

    @Test(arguments: ["anullsrc=r=48000:d=3", "sine=r=48000:d=0.001,atrim=end_sample=1", "sine=r=8000:d=3"])
    func oddSoundsStayWhole(source: String) async throws {
        let fixture = try MediaFixture()
        let file = try await fixture.make("odd.wav", "-f lavfi -i \(source) -c:a pcm_s16le")
        let (files, _) = try await fixture.run("audio.cut", ["dither": "none"], on: [file], models: "/nonexistent")
        let before = try await fixture.samples(file, rate: 8000)
        #expect(try await fixture.samples(files[0], rate: 8000) == before)
    }

    @Test func samplesThatAreNotNumbersAreRefused() async throws {
        let fixture = try MediaFixture()
        var wave = try fixture.read(await fixture.make("float.wav", "-f lavfi -i sine=sample_rate=48000 -t 1 -c:a pcm_f32le"))
        wave.replaceSubrange(wave.count - 4000..<wave.count - 3996, with: [0, 0, 0xC0, 0x7F])
        let broken = try fixture.write("nan.wav", wave)
        let error = await #expect(throws: EditError.self) {
            try await fixture.run("audio.cut", [:], on: [broken], models: "/nonexistent")
        }
        #expect(error?.code == "audio-not-finite")
    }

    @Test(
        arguments: [
            (["silences": false], "output-not-possible"), (["ranges": ["remove": 1]], "invalid-ranges"),
            (["fillers": true], "model-missing"), (["fillers": true, "transcript": ["segments": []]], "invalid-transcript"),
        ] as [(JSONValue, String)])
    func whatCanNotBeDoneIsRefusedAtOnce(parameters: JSONValue, code: String) throws {
        let operation = try #require(AudioOperations.catalogue["audio.cut"])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(try operation.canonicalParameters(parameters), resources: ["models": "/nonexistent"])
        }
        #expect(error?.code == code)
    }
}
