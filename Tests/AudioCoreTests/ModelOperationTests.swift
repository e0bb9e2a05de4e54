import AudioCore
import Contracts
import FoundationEssentials
import Glibc
import Jobs
import Primitives
import TestSupport
import Testing

/// The operations that run networks, with the real ones.
@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here")) struct ModelOperationTests
{
    private static let sentence = "The meeting starts on Monday at noon. Please bring the report and a cup of tea."

    /// Speech that the studio itself has made.
    private static func speech(_ fixture: MediaFixture, _ text: String = sentence) async throws -> String {
        let (file, _) = try await fixture.run("audio.speak", ["text": .string(text), "format": "wav"], on: [])
        let kept = fixture.path("speech.wav")
        try FileManager.default.moveItem(atPath: try #require(file.first), toPath: kept)
        return kept
    }

    /// The signal's part of an estimate over the rest, dB (Le Roux et al., "SDR: half-baked or well done?", ICASSP 2019).
    private static func scaleInvariantRatio(_ estimate: [Float], _ signal: [Float]) -> Double {
        let count = min(estimate.count, signal.count)
        var (dot, energy) = (0.0, 0.0)
        for index in 0..<count {
            dot += Double(estimate[index]) * Double(signal[index])
            energy += Double(signal[index]) * Double(signal[index])
        }
        let scale = dot / energy
        var rest = 0.0
        for index in 0..<count { rest += pow(Double(estimate[index]) - scale * Double(signal[index]), 2) }
        return 10 * log10(scale * scale * energy / rest)
    }

    // MARK: Speech

    @Test func whatIsSaidIsWrittenDown() async throws {
        let fixture = try MediaFixture()
        let speech = try await Self.speech(fixture)
        let (files, measurements) = try await fixture.run(
            "audio.transcribe", ["formats": "document,srt,vtt,text,tsv,verbose_json"], on: [speech])
        // A synthetic voice is not understood perfectly on every machine.
        #expect(wordErrors(said: Self.sentence, heard: measurements["text"]?.stringValue) <= 1)
        #expect(measurements["language"] == "en")
        let probabilities = measurements["language_probabilities"]?.objectValue?.compactMapValues(\.doubleValue) ?? [:]
        #expect(probabilities.count == 5 && probabilities.values.reduce(0, +) <= 1 + 1e-5, "\(measurements)")
        #expect(probabilities.max { $0.value < $1.value }?.key == "en")
        #expect(abs((measurements.number("language_probability") ?? 0) - (probabilities["en"] ?? 1)) < 1e-5)
        #expect(files.count == 6)
        let document = try JSONValue(parsing: try fixture.read(files[0]))
        let timed = document["segments"]?.arrayValue?.flatMap { $0["words"]?.arrayValue ?? [] } ?? []
        #expect((15...17).contains(timed.count))
        let starts = timed.compactMap { $0["start_seconds"]?.doubleValue }
        #expect(starts == starts.sorted() && starts.count == timed.count)
        #expect(String(decoding: try fixture.read(files[1]), as: UTF8.self).contains(" --> "))
    }

    /// What a spare process has loaded is used as long as it is what is installed.
    @Test func aReplacedVoiceIsNotSpokenWith() async throws {
        let fixture = try MediaFixture()
        let files = FileManager.default
        let folder = fixture.path("models")
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["registry.json", "engine"] {
            try files.createSymbolicLink(atPath: folder + "/" + name, withDestinationPath: InstalledModels.folder + "/" + name)
        }
        let voice = folder + "/piper-en-us-joe"
        try files.copyItem(atPath: InstalledModels.folder + "/piper-en-us-joe", toPath: voice)
        let speak = AnyOperation(SpeakOperation.self)
        let prepared = try #require(try speak.prepare([:], resources: ["models": folder]))
        let context = JobContext(
            inputs: [], outputFolder: fixture.path("."), resources: ["models": folder], prepared: prepared)
        let hello: JSONValue = ["text": "Hello."]
        _ = try await speak.run(hello, in: context)
        // The network that is loaded could still speak; what is installed can not.
        try Data("not a network".utf8).write(to: URL(filePath: voice + "/model.onnx"))
        await #expect(throws: (any Error).self) { try await speak.run(hello, in: context) }
    }

    @Test func sameTextSoundsTheSame() async throws {
        let fixture = try MediaFixture()
        let first = try fixture.read(try await Self.speech(fixture))
        try FileManager.default.removeItem(atPath: fixture.path("speech.wav"))
        #expect(try fixture.read(try await Self.speech(fixture)) == first)
    }

    @Test(arguments: ["anullsrc=r=16000:d=8", "sine=f=440:d=8", "anoisesrc=d=8:a=0.1:c=pink:s=7", "sine=f=100:d=0.0001:r=16000"])
    func whereNobodySpeaksThereIsNoText(_ source: String) async throws {
        let fixture = try MediaFixture()
        let file = try await fixture.make("quiet.wav", "-f lavfi -i \(source)")
        let (_, measurements) = try await fixture.run("audio.transcribe", ["language": "en"], on: [file])
        #expect(measurements["text"] == "")
        #expect(measurements["segments"] == 0)
    }

    /// Chords of plucked strings with drums, four bars of them.
    @Test func musicIsNoText() async throws {
        let fixture = try MediaFixture()
        for (name, chord) in [("c.wav", ["C3", "E3", "G3", "C4"]), ("a.wav", ["A2", "C3", "E3", "A3"])] {
            try await MediaFixture.command(
                "sox",
                ["-n", "-r", "44100", fixture.path(name), "synth", "2"] + chord.flatMap { ["pluck", $0] }
                    + ["remix", "-", "gain", "-n", "-6"])
        }
        try await MediaFixture.command(
            "sox",
            [
                "-n", "-r", "44100", "-c", "1", fixture.path("drum.wav"), "synth", "0.5", "brownnoise", "fade", "l", "0", "0.5",
                "0.45",
            ]
                + ["gain", "-n", "-3", "repeat", "15"])
        try await MediaFixture.command(
            "sox", [fixture.path("c.wav"), fixture.path("a.wav"), fixture.path("bars.wav"), "repeat", "1"])
        let music = try await fixture.make(
            "music.wav", "-i bars.wav -i drum.wav -filter_complex amix=normalize=0:duration=first")
        let (_, measurements) = try await fixture.run("audio.transcribe", ["language": "en"], on: [music])
        #expect(measurements.number("duration_seconds") == 8, "\(measurements)")
        #expect(measurements["text"] == "")
    }

    @Test(arguments: ["-ar 8000 -c:a pcm_mulaw", "-ac 6 -ar 48000 -c:a pcm_s24le"]) func otherRatesAndLayouts(_ options: String)
        async throws
    {
        let fixture = try MediaFixture()
        _ = try await Self.speech(fixture)
        let file = try await fixture.make("other.wav", "-i speech.wav \(options)")
        let (_, measurements) = try await fixture.run("audio.transcribe", ["language": "English"], on: [file])
        #expect(measurements["text"]?.stringValue?.contains("Monday at noon") == true, "\(measurements)")
    }

    @Test(
        arguments: [
            ("audio.transcribe", ["language": "klingon"], "output-not-possible"),
            ("audio.transcribe", ["formats": "srt,docx"], "output-not-possible"),
            ("audio.transcribe", ["model": "silero-vad"], "model-unfit"),
            ("audio.transcribe", ["model": "nobody"], "model-missing"),
            ("audio.speak", ["text": "Hello", "voice": "nobody"], "model-missing"),
            ("audio.speak", ["text": "Bonjour", "language": "fr"], "model-unfit"),
            ("audio.speak", ["text": "<speak><break time=\"soon\"/></speak>"], "invalid-ssml"),
            ("audio.separate", ["stems": "2", "only": "drums"], "output-not-possible"),
        ] as [(String, JSONValue, String)])
    func whatCanNotBeDoneIsRefusedAtOnce(_ name: String, _ parameters: JSONValue, _ code: String) throws {
        let operation = try #require(AudioOperations.catalogue[name])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(try operation.canonicalParameters(parameters), resources: ["models": InstalledModels.folder])
        }
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test(arguments: ["audio.transcribe", "audio.separate", "audio.denoise", "audio.speak"])
    func withoutModelsTheCommandIsNamed(_ name: String) throws {
        let operation = try #require(AudioOperations.catalogue[name])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(try operation.canonicalParameters([:]), resources: ["models": "/nonexistent"])
        }
        #expect(error?.code == "model-missing")
        #expect(error?.message.contains("deploy/models install") == true)
    }

    @Test(arguments: [
        ("<speak>One <break time=\"2s\"/> two</speak>", 2.4...5.5), ("👋🏽 שלום hello", 0.2...4), ("7", 0.2...2),
    ]) func textsOfAllKindsAreSaid(_ text: String, _ seconds: ClosedRange<Double>) async throws {
        let fixture = try MediaFixture()
        let (_, measurements) = try await fixture.run("audio.speak", ["text": .string(text), "format": "wav"], on: [])
        #expect(seconds.contains(try #require(measurements.number("duration_seconds"))), "\(measurements)")
    }

    @Test func speedChangesTheLength() async throws {
        let fixture = try MediaFixture()
        var lengths: [Double] = []
        for speed in [0.5, 1, 2] {
            let parameters: JSONValue = [
                "text": .string(Self.sentence), "speed": .number(speed), "sentence_pause_s": 0, "format": "mp3",
            ]
            lengths.append(
                try #require(try await fixture.run("audio.speak", parameters, on: []).measurements.number("duration_seconds")))
        }
        #expect(lengths[0] > 1.4 * lengths[1] && lengths[1] > 1.4 * lengths[2], "\(lengths)")
    }

    /// Who listens while it is made does not wait for a long first sentence; a file has it in one piece.
    @Test func aLongFirstSentenceIsBegunAtOnceForWhoListens() async throws {
        let fixture = try MediaFixture()
        let text = "It was the best of times and it was the worst of times in the town that lay behind the hills of my home."
        for text in [text, "<speak>\(text)</speak>"] {
            var pieces: [JSONValue?] = []
            for stream in [nil, try fixture.write("stream", Bytes())] {
                let context = JobContext(
                    inputs: [], outputFolder: fixture.outputs.path, streamPath: stream,
                    resources: ["models": InstalledModels.folder])
                let operation = try #require(AudioOperations.catalogue["audio.speak"])
                let output = try await operation.run(["text": .string(text), "format": "wav"], in: context)
                pieces.append(output.measurements["sentences"])
            }
            #expect(pieces == [1, 2])
        }
    }

    // MARK: Stems and noise

    @Test func stemsSumToTheMix() async throws {
        let fixture = try MediaFixture()
        _ = try await fixture.talk()
        let mix = try await fixture.make("mix.wav", "-i talk.wav -t 6 -c:a pcm_s16le")
        let parameters: JSONValue = ["stems": "4", "format": "wav", "bit_depth": "32"]
        let (files, measurements) = try await fixture.run("audio.separate", parameters, on: [mix])
        #expect(measurements["stems"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["vocals", "drums", "bass", "other"])
        #expect(measurements["stems"]?[1]?["method"] == "signal processing")
        let whole = try await fixture.samples(mix, rate: 44_100)
        var sum = [Float](repeating: 0, count: whole.count)
        for file in files {
            let stem = try await fixture.samples(file, rate: 44_100)
            try #require(stem.count == whole.count)
            for index in sum.indices { sum[index] += stem[index] }
        }
        let difference = zip(sum, whole).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 1e-4)
    }

    @Test func vocalsAreFoundInMusic() async throws {
        let fixture = try MediaFixture()
        _ = try await Self.speech(fixture)
        let voice = try await fixture.make("voice.wav", "-i speech.wav -ar 44100 -ac 2 -t 5")
        _ = try await fixture.make(
            "music.wav",
            "-f lavfi -i sine=f=220:d=5:r=44100 -f lavfi -i sine=f=331:d=5:r=44100 -filter_complex amix,volume=0.5,aformat=channel_layouts=stereo"
        )
        let mix = try await fixture.make("mix.wav", "-i voice.wav -i music.wav -filter_complex amix=normalize=0:duration=first")
        let (files, _) = try await fixture.run("audio.separate", ["only": "vocals", "format": "wav"], on: [mix])
        let clean = try await fixture.samples(voice, rate: 44_100)
        let before = Self.scaleInvariantRatio(try await fixture.samples(mix, rate: 44_100), clean)
        let after = Self.scaleInvariantRatio(try await fixture.samples(try #require(files.first), rate: 44_100), clean)
        #expect(after > before + 5, "from \(before) to \(after) dB")
    }

    @Test(arguments: [16_000, 48_000]) func noiseIsTakenOut(rate: Int) async throws {
        let fixture = try MediaFixture()
        _ = try await Self.speech(fixture)
        let voice = try await fixture.make("voice.wav", "-i speech.wav -ar \(rate) -t 5")
        let noisy = try await fixture.make(
            "noisy.wav",
            "-i voice.wav -f lavfi -i anoisesrc=c=pink:a=0.1:r=\(rate):s=3 -filter_complex amix=normalize=0:duration=first")
        let (file, _) = try await fixture.run("audio.denoise", ["format": "wav"], on: noisy)
        let clean = try await fixture.samples(voice, rate: rate)
        let after = try await fixture.samples(file, rate: rate)
        #expect(after.count == clean.count)
        let before = Self.scaleInvariantRatio(try await fixture.samples(noisy, rate: rate), clean)
        #expect(Self.scaleInvariantRatio(after, clean) > before + 3)
    }

    /// How many dB are taken off noise alone: the limit is kept, and without one much more goes.
    @Test(arguments: [16_000, 48_000]) func noNoiseIsTakenBeyondTheLimit(rate: Int) async throws {
        let fixture = try MediaFixture()
        let noise = try await fixture.make("noise.wav", "-f lavfi -i anoisesrc=c=pink:a=0.1:r=\(rate):s=3:d=4 -c:a pcm_f32le")
        /// The level behind the first second, where the network has yet to find out what it hears, dB.
        func level(_ path: String) async throws -> Double {
            let samples = try await fixture.samples(path, rate: rate).dropFirst(rate)
            return 10 * log10(samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count))
        }
        let before = try await level(noise)
        var taken: [Double] = []
        for limit in [6, 100] as [JSONValue] {
            let (file, _) = try await fixture.run(
                "audio.denoise", ["attenuation_limit_db": limit, "format": "wav", "bit_depth": "32"], on: noise)
            taken.append(before - (try await level(file)))
        }
        #expect((4...6.1).contains(taken[0]) && taken[1] > 11, "\(taken)")
    }

    @Test(arguments: ["audio.denoise", "audio.separate"]) func silenceStaysSilence(_ operation: String) async throws {
        let fixture = try MediaFixture()
        let silent = try await fixture.make("silent.wav", "-f lavfi -i anullsrc=r=44100:cl=stereo -t 1 -c:a pcm_s16le")
        let (files, _) = try await fixture.run(operation, ["format": "wav", "dither": "none"], on: [silent])
        #expect(!files.isEmpty)
        for file in files {
            let samples = try await fixture.samples(file, rate: 44_100)
            #expect(samples.count == 44_100)
            #expect(samples.allSatisfy { abs($0) < 1e-3 })
        }
    }
}
