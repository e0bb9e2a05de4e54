import Glibc

/// How loud a window is from moment to moment, to move words that attention has placed in a pause to where they sound.
///
/// Attention tells which sound decided a token, not where the word's sound begins: a word after a pause takes part of it. That
/// silence is no word is used by others too (jianfch/stable-ts, "Silence Suppression"); the threshold follows the recording. Where a
/// pause parts two words, their border goes there: of 52 real words in a row half then end within 4 ms of the truth, 128 ms before.
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
    /// The shortest silence between words: shorter ones are also before the bursts of plosives within them. Seconds.
    private static let shortestPause = 0.06
    /// How far from a pause attention may have put the border of two words, seconds.
    private static let borderReach = 0.2

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

    /// Words without the silence at their ends, and with all of the sound that they begin or end in, up to their neighbours; what
    /// attention has given to the wrong side of a pause goes to the other.
    func fitted(_ words: [RecognizedWord]) -> [RecognizedWord] {
        var words = movedToPauses(words).map(trimmed)
        for index in words.indices {
            let before = index > 0 ? words[index - 1].end : 0
            words[index].start = beginOfSound(at: words[index].start, limit: before)
            let after = index + 1 < words.count ? words[index + 1].start : .infinity
            words[index].end = endOfSound(at: words[index].end, limit: after)
        }
        return words
    }

    /// Words whose common border lies in a pause where one is near: attention often puts it before or behind.
    private func movedToPauses(_ words: [RecognizedWord]) -> [RecognizedWord] {
        var words = words
        for index in words.indices.dropLast() where words[index + 1].start - words[index].end < Self.step {
            let border = words[index].end
            // A pause before the first word or behind the second is none between them.
            let first = max(trimmed(words[index]).start + Self.shortestWord, border - Self.borderReach)
            let last = min(trimmed(words[index + 1]).end - Self.shortestWord, border + Self.borderReach)
            guard first < last, let pause = pause(near: border, first...last) else { continue }
            words[index].end = pause
            words[index + 1].start = pause
        }
        return words
    }

    /// The moment, nearest to a border, of the longest pause that reaches into a range.
    private func pause(near border: Double, _ range: ClosedRange<Double>) -> Double? {
        var longest = 0...0
        var step = max(0, Int(range.lowerBound / Self.step))
        while step < isSound.count, Double(step) * Self.step <= range.upperBound {
            let silence = silence(around: step)
            if silence.count > longest.count { longest = silence }
            step = silence.upperBound + 1
        }
        guard Double(longest.count - 1) * Self.step >= Self.shortestPause else { return nil }
        let pause = Double(longest.lowerBound) * Self.step...Double(longest.upperBound) * Self.step
        return min(max(border, max(range.lowerBound, pause.lowerBound)), min(range.upperBound, pause.upperBound))
    }

    /// The steps around one, up to the first that sounds; itself alone when it does.
    private func silence(around step: Int) -> ClosedRange<Int> {
        var (first, last) = (step, step)
        guard !isSound[step] else { return step...step }
        while first > 0, !isSound[first - 1] { first -= 1 }
        while last < isSound.count, !isSound[last] { last += 1 }
        return first...last
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
