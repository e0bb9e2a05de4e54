/// What may come next in a transcript with times: openai/whisper `decoding.py`, `SuppressBlank`, `SuppressTokens` and
/// `ApplyTimestampRules`; Radford et al. 2022, section 4.5.
///
/// Times come in pairs around text and never run back; the first one is at most 1 s; where all times together are likelier than
/// any one text token, a time comes.
struct TokenRules: Sendable {
    private static let latestFirstTime = 50

    private let tokens: SpecialTokens
    /// The last token of a time that lies in the audio.
    private let lastTimestamp: Int

    /// - Parameters:
    ///   - tokens: the model's special tokens.
    ///   - duration: the length of the audio in seconds; no time beyond it is given.
    init(tokens: SpecialTokens, duration: Double) {
        self.tokens = tokens
        lastTimestamp = tokens.firstTimestamp + Int((duration * 50).rounded(.up))
    }

    /// Sets the scores of what may not come next to -infinity.
    /// - Parameters:
    ///   - scores: one for every token.
    ///   - sampled: the tokens so far, without the start sequence and the prompt.
    func apply(to scores: UnsafeMutableBufferPointer<Float>, after sampled: ArraySlice<Int>) {
        let (firstTime, end) = (tokens.firstTimestamp, tokens.endOfText)
        for token in tokens.nonSpeech { scores[token] = -.infinity }
        scores[end + 1..<firstTime].update(repeating: -.infinity)
        forbid(lastTimestamp + 1..<scores.count, in: scores)
        guard let last = sampled.last else {
            scores[..<firstTime].update(repeating: -.infinity)
            forbid(firstTime + Self.latestFirstTime + 1..<scores.count, in: scores)
            return
        }
        if last >= firstTime {
            // After a pair, or the time that opens the transcript, text must follow; after one that closes text, a time or the end.
            let afterTime = sampled.count < 2 || sampled[sampled.endIndex - 2] >= firstTime
            forbid(afterTime ? firstTime..<scores.count : 0..<end, in: scores)
            forbid(firstTime..<(afterTime ? last + 1 : last), in: scores)
        } else if let latest = sampled.last(where: { $0 >= firstTime }) {
            forbid(firstTime..<latest + 1, in: scores)
        }
        preferTime(in: scores)
    }

    private func preferTime(in scores: UnsafeMutableBufferPointer<Float>) {
        let firstTime = tokens.firstTimestamp
        let times = UnsafeBufferPointer(rebasing: scores[firstTime...])
        let text = UnsafeBufferPointer(rebasing: scores[..<firstTime])
        let allTimes = Logits.logSumExp(times, highest: Logits.highest(times).value)
        if allTimes > Logits.highest(text).value { scores[..<firstTime].update(repeating: -.infinity) }
    }

    private func forbid(_ range: Range<Int>, in scores: UnsafeMutableBufferPointer<Float>) {
        let range = range.clamped(to: 0..<scores.count)
        scores[range].update(repeating: -.infinity)
    }
}
