import AudioSpeech
import Glibc
import Inference
import TestSupport
import Testing

/// One recogniser for all tests: loading it takes the most of their time.
enum Recognized {
    static let shared = Result { try Recognizer(files: InstalledModels.whisper ?? WhisperFiles(folder: "/nowhere")) }
}

@Suite(.computing, .enabled(if: InstalledModels.whisper != nil))
struct RecognizerTests {
    @Test(.enabled(if: FrontLeft.isInstalled))
    func hearsARecording() throws {
        let recognizer = try Recognized.shared.get()
        let samples = FrontLeft.samples()
        let segments = try recognizer.transcribe(window: samples, offset: 100)
        let letters = segments.map(\.text).joined().lowercased().filter { $0.isLetter || $0 == " " }
        #expect(letters == " front left")
        #expect(segments.allSatisfy { $0.language == "en" && $0.averageLogProbability > -1 && $0.noSpeechProbability < 0.6 })
        let words = segments.flatMap(\.words)
        #expect(words.count == 2)
        // The recording is 1.48 s long and its second word begins near the middle.
        let end = 100 + Double(samples.count) / 16000
        #expect(
            words.allSatisfy { 100 <= $0.start && $0.start < $0.end && $0.end <= end + 0.02 && (0...1).contains($0.probability) })
        #expect(abs(words[1].start - 100.75) < 0.25)
    }

    @Test(.enabled(if: FrontLeft.isInstalled))
    func tellsTheLanguage() throws {
        let probabilities = try Recognized.shared.get().detectLanguage(window: FrontLeft.samples())
        #expect(probabilities.count == 99 && abs(probabilities.values.reduce(0, +) - 1) < 1e-6)
        #expect(probabilities.max { $0.value < $1.value }?.key == "en")
    }

    @Test func hearsNothingInSilence() throws {
        let recognizer = try Recognized.shared.get()
        var options = RecognitionOptions()
        options.language = "en"
        #expect(try recognizer.transcribe(window: [Float](repeating: 0, count: 32000), options: options).isEmpty)
        #expect(try recognizer.transcribe(window: [Float](repeating: .nan, count: 16000), options: options).isEmpty)
        #expect(try recognizer.transcribe(window: [0.1], options: options).isEmpty)
        #expect(try recognizer.transcribe(window: [], options: options).isEmpty)
    }

    @Test func refusesWhatItCanNotDo() throws {
        let recognizer = try Recognized.shared.get()
        var options = RecognitionOptions()
        options.language = "tlh"
        #expect(throws: SpeechError.unknownLanguage("tlh")) {
            try recognizer.transcribe(window: [Float](repeating: 0, count: 16000), options: options)
        }
        #expect(throws: SpeechError.windowTooLong(31)) {
            try recognizer.transcribe(window: [Float](repeating: 0, count: 31 * 16000))
        }
    }

    @Test func refusesFoldersWithoutItsFiles() {
        #expect(throws: ModelError.missing(path: "/nowhere/encoder.int8.onnx")) {
            try Recognizer(files: WhisperFiles(folder: "/nowhere"))
        }
    }

    @Test func refusesOtherNetworks() throws {
        var files = try #require(InstalledModels.whisper)
        files.encoder = files.decoder
        #expect(throws: SpeechError.self) { try Recognizer(files: files) }
    }
}
