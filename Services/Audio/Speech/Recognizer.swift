import Glibc
import Inference
import Primitives

/// Speech to text by Whisper (Radford et al. 2022). Any number of tasks may use it at once; its calls block for as long as the
/// model works, about a tenth of the speech's length on one core for the base model.
///
///     let recognizer = try Recognizer(files: WhisperFiles(folder: "var/models/whisper-base"), threads: 1)
///     let segments = try recognizer.transcribe(window: samples, offset: 12.5, options: RecognitionOptions())
package final class Recognizer: Sendable {
    package let tokens: SpecialTokens
    package let vocabulary: Vocabulary
    let network: WhisperNetwork
    private let spectrogram: LogMelSpectrogram

    /// The most seconds of one window.
    package static let longestWindow = 30.0

    /// - Parameters:
    ///   - files: the model.
    ///   - threads: threads that work on one window, the caller's included.
    /// - Throws: `ModelError` when a network can not be loaded; `SpeechError.modelUnusable` when the files do not fit.
    package init(files: WhisperFiles, threads: Int = 1) throws {
        network = try WhisperNetwork(files: files, threads: threads)
        tokens = network.tokens
        vocabulary = try Vocabulary(parsing: Self.read(files.tokens), count: tokens.endOfText)
        spectrogram = LogMelSpectrogram(bands: network.bands)
    }

    /// The codes of the languages that the model knows.
    package var languages: [String] { tokens.isMultilingual ? tokens.languages.keys.sorted() : ["en"] }

    private static func read(_ path: String) throws(ModelError) -> Bytes {
        guard let file = fopen(path, "rbe") else { throw .missing(path: path) }
        defer { fclose(file) }
        var bytes = Bytes()
        let block = 1 << 16
        while true {
            let before = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: block))
            let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress?.advanced(by: before), 1, block, file) }
            bytes.removeLast(block - count)
            if count < block { return bytes }
        }
    }

    /// What the model hears in a window.
    /// - Parameters:
    ///   - samples: 16 kHz mono, at most 30 s.
    ///   - inFull: whether it hears 30 s as it did in training, silence after the samples; else only as much as is wanted.
    func listen(to samples: UnsafeBufferPointer<Float>, inFull: Bool = false) throws(ModelError) -> WhisperNetwork.Audio {
        let columns = inFull ? LogMelSpectrogram.longest : Self.columns(sampleCount: samples.count)
        var mel = spectrogram.columns(columns, of: samples)
        return try network.encode(&mel, columns: columns)
    }

    // The encoder's work grows with what it hears. On 100 clips in five languages 6 s of silence gave a word error rate of 10.8 %
    // and 3 s one of 11.1 %; less than 8 s in all made the model repeat itself.
    private static let silenceAfter = 600
    private static let fewestColumns = 800

    private static func columns(sampleCount: Int) -> Int {
        let speech = (sampleCount + LogMelSpectrogram.hop - 1) / LogMelSpectrogram.hop
        let wanted = max(speech + silenceAfter, fewestColumns)
        return min((wanted + 1) / 2 * 2, LogMelSpectrogram.longest)
    }
}
