/// A stretch of a transcript that was decoded at once: a sentence or a part of one.
package struct TranscriptSegment: Sendable, Hashable {
    /// Its place in the transcript, from 0.
    package var id: Int
    /// Seconds from the beginning of the audio.
    package var start: Double
    /// Seconds from the beginning of the audio; not before `start`.
    package var end: Double
    /// What was said, without surrounding space.
    package var text: String
    /// The label of who spoke; `nil` when unknown.
    package var speaker: String?
    /// How many tokens the model wrote.
    package var tokenCount: Int
    /// The tokens' numbers in the model's vocabulary; empty for engines that do not tell them.
    package var tokens: [Int]
    /// Mean of the tokens' natural-log probabilities, at most 0; `nil` when the engine does not tell.
    package var averageLogProbability: Double?
    /// Probability that nobody speaks, from 0 to 1; `nil` when the engine does not tell.
    package var noSpeechProbability: Double?
    /// Bytes of the text over its bytes compressed; high values betray repetition.
    package var compressionRatio: Double?
    /// The sampling temperature of the accepted decoding; 0 is the most probable token each time.
    package var temperature: Double?
    /// Its words in order; empty when word times were not asked for.
    package var words: [TranscriptWord]

    /// - Parameters: as the properties.
    package init(
        id: Int, start: Double, end: Double, text: String, speaker: String? = nil, tokenCount: Int = 0, tokens: [Int] = [],
        averageLogProbability: Double? = nil, noSpeechProbability: Double? = nil, compressionRatio: Double? = nil,
        temperature: Double? = nil, words: [TranscriptWord] = []
    ) {
        (self.id, self.start, self.end, self.text, self.speaker) = (id, start, end, text, speaker)
        (self.tokenCount, self.tokens, self.temperature, self.words) = (tokenCount, tokens, temperature, words)
        (self.averageLogProbability, self.noSpeechProbability) = (averageLogProbability, noSpeechProbability)
        self.compressionRatio = compressionRatio
    }

    /// The same segment, later or earlier.
    /// - Parameter offset: seconds to add to every time; nothing gets before 0.
    package func shifted(by offset: Double) -> TranscriptSegment {
        var copy = self
        (copy.start, copy.end) = (max(0, start + offset), max(0, end + offset))
        for index in words.indices {
            copy.words[index].start = max(0, words[index].start + offset)
            copy.words[index].end = max(0, words[index].end + offset)
        }
        return copy
    }

    /// Whether a space belongs before the text when it follows other text.
    package var hasLeadingSpace: Bool {
        if let first = words.first { return first.hasLeadingSpace }
        return !(text.unicodeScalars.first?.isUnspacedScript ?? false)
    }
}
