import AudioCore
import Contracts
import FoundationEssentials
import Glibc
import Jobs
import Primitives
import TestSupport
import Testing

/// Sound that is no ordinary recording, through every operation that takes sound: each succeeds with sane numbers, or says in a
/// code of its own why it can not and leaves nothing in the output folder.
@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here")) struct HardMaterialTests {
    /// What FFmpeg makes, or `float` makes of samples.
    enum Material: String, CaseIterable, Sendable {
        case silence, constant, clipping, notANumber, infinite, oneSample, shortSpeech, telephone, surround51, surround71

        /// The arguments of FFmpeg.
        var source: String? {
            switch self {
            case .silence: "-f lavfi -i anullsrc=r=16000:cl=mono -t 1 -c:a pcm_s16le"
            case .constant: "-f lavfi -i aevalsrc=0.5:s=16000:d=1 -c:a pcm_s16le"
            case .clipping: "-f lavfi -i sine=f=300:r=16000:d=1 -af volume=30dB -c:a pcm_s16le"
            case .oneSample: "-f lavfi -i sine=f=300:r=16000 -af atrim=end_sample=1 -c:a pcm_s16le"
            case .telephone: "-f lavfi -i anoisesrc=r=8000:a=0.3:s=5:d=1 -c:a pcm_mulaw"
            case .surround51: "-f lavfi -i anoisesrc=r=48000:a=0.3:s=5:d=1 -af aformat=channel_layouts=5.1 -c:a pcm_s16le"
            case .surround71: "-f lavfi -i anoisesrc=r=48000:a=0.3:s=5:d=1 -af aformat=channel_layouts=7.1 -c:a pcm_s16le"
            case .notANumber, .infinite, .shortSpeech: nil
            }
        }

        /// Codes that say what is wrong with it; others are faults.
        var refusals: Set<String> {
            switch self {
            case .silence: ["audio-silent"]
            case .notANumber, .infinite: ["audio-not-finite", "audio-silent", "audio-too-short"]
            case .oneSample, .shortSpeech: ["audio-too-short", "audio-silent", "media-empty", "edit-empty"]
            case .constant: ["audio-silent"]
            case .clipping, .telephone, .surround51, .surround71: []
            }
        }
    }

    /// Every operation that takes sound, with what it needs besides.
    static let operations: [(name: String, parameters: JSONValue)] = [
        ("audio.probe", [:]), ("audio.convert", ["format": "flac"]), ("audio.loudness", [:]), ("audio.normalize", [:]),
        ("audio.denoise", [:]), ("audio.level", [:]), ("audio.mix", [:]), ("audio.segments", [:]), ("audio.separate", [:]),
        ("audio.effects", ["chain": ["effects": [["type": "compressor"], ["type": "reverb"], ["type": "limiter"]]]]),
        ("audio.transcribe", ["beams": 1]), ("audio.cut", [:]), ("audio.chapters", [:]),
        ("audio.mark", ["key": "k", "identifier": "1"]), ("audio.find-mark", ["key": "k"]), ("audio.fingerprint", [:]),
    ]

    private static func make(_ material: Material, _ fixture: MediaFixture) async throws -> String {
        if let source = material.source { return try await fixture.make("\(material.rawValue).wav", source) }
        if material == .shortSpeech {
            try await MediaFixture.command("espeak-ng", ["-w", fixture.path("word.wav"), "yes"])
            return try await fixture.make("shortSpeech.wav", "-i word.wav -t 0.3 -c:a pcm_s16le")
        }
        let bad: Float = material == .infinite ? .infinity : .nan
        let samples = (0..<16_000).map { $0 % 1000 == 999 ? bad : Float(0.3 * sin(Double($0) * 0.1)) }
        let raw = samples.withUnsafeBytes { Bytes($0) }
        _ = try fixture.write("samples.f32", raw)
        return try await fixture.make("\(material.rawValue).wav", "-f f32le -ar 16000 -ac 1 -i samples.f32 -c:a pcm_f32le")
    }

    @Test(arguments: operations.map(\.name)) func everythingIsDoneSanelyOrRefused(_ name: String) async throws {
        let parameters = try #require(Self.operations.first { $0.name == name }).parameters
        for material in Material.allCases {
            let fixture = try MediaFixture()
            let path = try await Self.make(material, fixture)
            do {
                let (files, measurements) = try await fixture.run(name, parameters, on: [path])
                #expect(measurements.isFinite, "\(material): \(measurements)")
                for file in files { try await Self.expectFinite(file, fixture, "\(material)") }
            } catch let error as any CodedError {
                let codes = material.refusals.union(name == "audio.fingerprint" ? ["audio-too-short"] : [])
                #expect(codes.contains(error.code), "\(material): \(error.code) \(error.message)")
                #expect(!error.isRetriable && error.message.contains(" "))
                #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.outputs.path).isEmpty, "\(material)")
            }
        }
    }

    @Test func theTableNamesEveryOperation() {
        let takesSound = AudioOperations.catalogue.operations.filter { $0.inputs.kind == .media }.map(\.name)
        #expect(Set(takesSound) == Set(Self.operations.map(\.name)))
    }

    private static func expectFinite(_ file: String, _ fixture: MediaFixture, _ what: String) async throws {
        guard ["wav", "flac", "mp3", "m4a", "opus"].contains(file.split(separator: ".").last ?? "") else {
            let text = String(decoding: try fixture.read(file), as: UTF8.self).lowercased()
            #expect(!text.contains("nan,") && !text.contains(":nan") && !text.contains("inf,"), "\(what): \(file)")
            return
        }
        let samples = try await fixture.samples(file, rate: 16_000)
        #expect(samples.allSatisfy { $0.isFinite && abs($0) < 8 }, "\(what): \(file)")
    }

    // MARK: Language, text and models

    @Test(arguments: ["de", "ja"]) func wrongLanguageHintIsTakenAsToldAndEnds(_ language: String) async throws {
        let fixture = try MediaFixture()
        let (file, _) = try await fixture.run("audio.speak", ["text": "The report is ready.", "format": "flac"], on: [])
        let speech = fixture.path("speech.flac")
        try FileManager.default.moveItem(atPath: try #require(file.first), toPath: speech)
        let (_, measurements) = try await fixture.run(
            "audio.transcribe", ["language": .string(language), "beams": 1], on: [speech])
        #expect(measurements["language"]?.stringValue == language)
        #expect(measurements.isFinite)
    }

    @Test(
        arguments: [
            ("audio.speak", ["text": .string(String(repeating: "word ", count: 200_000))], "out-of-range"),
            ("audio.speak", ["text": "hello", "voice": "🦜"], "model-missing"),
            ("audio.speak", ["text": "<speak><speak></speak>"], "invalid-ssml"),
            (
                "audio.speak", ["text": .string("<speak>" + String(repeating: "<break time=\"60s\"/>", count: 820) + "</speak>")],
                "invalid-ssml"
            ),
            ("audio.speak", ["text": "\u{0}"], "wrong-type"),
        ] as [(String, JSONValue, String)])
    func textsThatCanNotBeSaid(_ name: String, _ parameters: JSONValue, _ code: String) throws {
        let operation = try #require(AudioOperations.catalogue[name])
        do {
            try operation.check(try operation.canonicalParameters(parameters), resources: ["models": InstalledModels.folder])
            Issue.record("it was accepted")
        } catch let error as any CodedError {
            #expect(error.code == code, "\(error.message)")
        }
    }

    @Test(arguments: ["👩‍👩‍👧‍👦🎉", "\u{202E}שלום עולם\u{202C} مرحبا", "…—“”", "a\u{0300}\u{0301}\u{0302}\u{0303}"])
    func oddTextsAreSaidOrNamed(_ text: String) async throws {
        let fixture = try MediaFixture()
        do {
            let (_, measurements) = try await fixture.run("audio.speak", ["text": .string(text), "format": "wav"], on: [])
            #expect(measurements.isFinite && measurements.number("duration_seconds") ?? 0 > 0)
        } catch let error as any CodedError {
            #expect(error.code == "speech-not-possible")
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.outputs.path).isEmpty)
        }
    }

    /// A megabyte of text is spoken piece by piece: it begins at once, and leaves nothing when it is ended.
    @Test func aMegabyteOfTextIsBegunAndCanBeEnded() async throws {
        let fixture = try MediaFixture()
        let book = try fixture.write("book.txt", Bytes(String(repeating: "This is a sentence. ", count: 52_500).utf8))
        let operation = try #require(AudioOperations.catalogue["audio.speak"])
        let speaking = Task {
            let context = JobContext(
                inputs: [.init(path: book, name: "book.txt", mediaType: "text/plain")], outputFolder: fixture.outputs.path,
                resources: ["models": InstalledModels.folder]
            ) { report in
                #expect(report.fraction < 0.1)
                withUnsafeCurrentTask { $0?.cancel() }
            }
            return try await operation.run(["format": "wav"], in: context)
        }
        await #expect(throws: CancellationError.self) { try await speaking.value }
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.outputs.path).isEmpty)
    }

    // MARK: Impulse responses

    @Test func anImpulseResponseMayBeLongerThanTheFile() async throws {
        let fixture = try MediaFixture()
        let short = try await fixture.make("short.wav", "-f lavfi -i sine=r=48000:d=0.2 -c:a pcm_s16le")
        let hall = try await fixture.make("hall.wav", "-f lavfi -i anoisesrc=r=48000:a=0.2:d=3 -c:a pcm_s16le")
        let chain: JSONValue = ["effects": [["type": "convolution", "impulse": "hall", "mix": 1]], "tail_seconds": 3]
        let output = try await run(chain, fixture, [short, hall])
        #expect(abs((output.number("duration_seconds") ?? 0) - 3.2) < 0.01 && output.isFinite)
    }

    /// It breaks off after 80 seconds: who reads that far finds out.
    @Test func anEndlessImpulseResponseIsNotReadToItsEnd() async throws {
        let fixture = try MediaFixture()
        let short = try await fixture.make("short.wav", "-f lavfi -i sine=r=8000:d=0.2 -c:a pcm_s16le")
        let whole = try fixture.read(await fixture.make("whole.wav", "-f lavfi -i anoisesrc=r=8000:a=0.2:d=160 -c:a pcm_s16le"))
        let endless = try fixture.write("endless.wav", Bytes(whole.prefix(whole.count / 2)))
        let chain: JSONValue = ["effects": [["type": "convolution", "impulse": "endless"]]]
        do {
            _ = try await run(chain, fixture, [short, endless])
            Issue.record("it was accepted")
        } catch let error as any CodedError {
            #expect(error.code == "effect-chain-invalid" && error.message.contains("60"), "\(error)")
        }
    }

    private func run(_ chain: JSONValue, _ fixture: MediaFixture, _ paths: [String]) async throws -> JSONValue {
        let operation = try #require(AudioOperations.catalogue["audio.effects"])
        let inputs = paths.map { path in
            JobContext.Input(path: path, name: path.split(separator: "/").last.map(String.init) ?? "", mediaType: "audio/wav")
        }
        let context = JobContext(inputs: inputs, outputFolder: fixture.outputs.path)
        return try await operation.run(["chain": chain, "format": "wav"], in: context).measurements
    }

    // MARK: 24 hours

    /// Measuring a day without optimisation takes minutes: that is asked for.
    private static let dayOperations =
        ProcessInfo.processInfo.environment["AVSTUDIO_LONG_TESTS"] == nil
        ? ["audio.cut"] : ["audio.cut", "audio.probe", "audio.loudness"]

    /// A day as the hole of a sparse file; 1 kHz keeps it short for tests.
    @Test(arguments: dayOperations) func aDayOfSound(_ name: String) async throws {
        let fixture = try MediaFixture()
        let (rate, seconds) = (1000, 24 * 3600)
        let header = try fixture.read(await fixture.make("head.wav", "-f lavfi -i sine=r=\(rate):d=0.01 -c:a pcm_u8 -bitexact"))
        let start = try #require(header.firstRange(of: Bytes("data".utf8))?.upperBound) + 4
        var file = Bytes(header[..<start])
        func put(_ value: Int, at place: Int) {
            for index in 0..<4 { file[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        }
        put(start - 8 + rate * seconds, at: 4)
        put(rate * seconds, at: start - 4)
        let path = try fixture.write("day.wav", file)
        try #require(truncate(path, off_t(start + rate * seconds)) == 0)
        let cut: JSONValue = [
            "silences": false, "preview": true, "ranges": ["remove": [["start_seconds": 3600, "end_seconds": 82_800]]],
        ]
        let before = Self.peakMemory
        let (_, measurements) = try await fixture.run(name, name == "audio.cut" ? cut : [:], on: path)
        #expect(measurements.isFinite)
        #expect(abs(try #require(measurements.number("duration_seconds")) - Double(seconds)) < 1)
        #expect(Self.peakMemory - before < 512 << 20)
    }

    /// Bytes that this process has held at its peak.
    private static var peakMemory: Int {
        let status = FileManager.default.contents(atPath: "/proc/self/status").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
}

extension JSONValue {
    /// Whether every number in it is one.
    fileprivate var isFinite: Bool {
        switch self {
        case .number(let number): number.isFinite
        case .array(let elements): elements.allSatisfy(\.isFinite)
        case .object(let members): members.values.allSatisfy(\.isFinite)
        default: true
        }
    }
}
