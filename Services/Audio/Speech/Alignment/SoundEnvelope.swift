import Glibc

/// How loud a window is from moment to moment, to move words that attention has placed in a pause to where they sound.
///
/// Attention tells which sound decided a token, not where the word's sound begins: a word after a pause takes part of it. That
/// silence is no word is used by others too (jianfch/stable-ts, "Silence Suppression"); the threshold follows the recording.
struct SoundEnvelope {
    /// Seconds of one step.
    private static let step = 0.01
    /// What is this far below the loud parts is silence, dB.
    private static let range: Float = 35
    /// Where the room is louder than that, sound stands out of it by this part of the way to the loud parts.
    private static let rise: Float = 0.25
    /// The shortest a word becomes, seconds.
    private static let shortestWord = 0.06
    /// How much longer a word may become, seconds.
    private static let longestExtension = 0.5

    private let isSound: [Bool]

    /// - Parameter samples: 16 kHz mono.
    init(_ samples: UnsafeBufferPointer<Float>) {
        let length = Int(Double(LogMelSpectrogram.sampleRate) * Self.step)
        let levels = stride(from: 0, to: samples.count - length + 1, by: length).map { begin in
            var energy: Float = 0
            for sample in samples[begin..<begin + length] { energy += sample * sample }
            return 10 * log10f(energy / Float(length) + 1e-10)
        }
        let sorted = levels.sorted()
        guard let floor = sorted.dropFirst(sorted.count / 10).first, let loud = sorted.dropLast(sorted.count / 20).last else {
            isSound = []
            return
        }
        let threshold = max(loud - Self.range, floor + Self.rise * (loud - floor))
        isSound = levels.map { $0 > threshold }
    }

    /// Words without the silence at their ends, and with all of the sound that they begin or end in, up to their neighbours.
    func fitted(_ words: [RecognizedWord]) -> [RecognizedWord] {
        var words = words.map(trimmed)
        for index in words.indices {
            let before = index > 0 ? words[index - 1].end : 0
            words[index].start = beginOfSound(at: words[index].start, limit: before)
            let after = index + 1 < words.count ? words[index + 1].start : .infinity
            words[index].end = endOfSound(at: words[index].end, limit: after)
        }
        return words
    }

    private func beginOfSound(at start: Double, limit: Double) -> Double {
        let limit = max(limit, start - Self.longestExtension)
        var step = min(isSound.count, Int((start / Self.step).rounded()))
        while step > 0, isSound[step - 1], Double(step - 1) * Self.step >= limit { step -= 1 }
        return min(start, Double(step) * Self.step)
    }

    private func endOfSound(at end: Double, limit: Double) -> Double {
        let limit = min(limit, end + Self.longestExtension)
        var step = Int((end / Self.step).rounded())
        while step < isSound.count, isSound[step], Double(step + 1) * Self.step <= limit { step += 1 }
        return max(end, Double(step) * Self.step)
    }

    /// A word without the silence at its ends. Where nothing sounds at all it stays as it is.
    func trimmed(_ word: RecognizedWord) -> RecognizedWord {
        let first = max(0, Int((word.start / Self.step).rounded()))
        let last = min(isSound.count, Int((word.end / Self.step).rounded()))
        guard first < last, let begin = (first..<last).first(where: { isSound[$0] && ($0 + 1 >= last || isSound[$0 + 1]) }),
            let end = (begin..<last).last(where: { isSound[$0] })
        else { return word }
        var trimmed = word
        if begin > first { trimmed.start = min(Double(begin) * Self.step, word.end - Self.shortestWord) }
        if end + 1 < last { trimmed.end = max(Double(end + 1) * Self.step, trimmed.start + Self.shortestWord) }
        trimmed.start = max(word.start, trimmed.start)
        trimmed.end = min(word.end, trimmed.end)
        return trimmed
    }
}
