import Glibc
import Inference

extension Recognizer {
    /// How probable every language is, from the first seconds of speech.
    /// - Parameter window: 16 kHz mono, at most 30 s.
    /// - Returns: probabilities by Whisper's code; they sum to 1.
    /// - Throws: `SpeechError.englishOnly`, `.windowTooLong`; `ModelError.outOfMemory`, `.failed`.
    package func detectLanguage(window: [Float]) throws -> [String: Double] {
        guard tokens.isMultilingual else { throw SpeechError.englishOnly }
        guard Double(window.count) <= Self.longestWindow * Double(LogMelSpectrogram.sampleRate) else {
            throw SpeechError.windowTooLong(Double(window.count) / Double(LogMelSpectrogram.sampleRate))
        }
        return try languages(
            in: window.withUnsafeBufferPointer { samples throws(ModelError) in
                try listen(to: samples, inFull: true)
            })
    }

    func likeliestLanguage(in audio: WhisperNetwork.Audio) throws(ModelError) -> String {
        guard tokens.isMultilingual else { return "en" }
        return try languages(in: audio).max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "en"
    }

    /// The scores of the languages after the start token alone (openai/whisper `decoding.py`, `detect_language`).
    private func languages(in audio: WhisperNetwork.Audio) throws(ModelError) -> [String: Double] {
        let step = try network.step([tokens.startOfTranscript], after: network.emptyMemory(), hearing: audio)
        return try step.scores.withElements(as: Float.self) { scores in
            let found = tokens.languages.mapValues { Double(scores[$0]) }
            let highest = found.values.max() ?? 0
            let weights = found.mapValues { exp($0 - highest) }
            let sum = weights.values.reduce(0, +)
            return weights.mapValues { $0 / sum }
        }
    }
}
