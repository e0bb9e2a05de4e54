package import AudioAPI

/// Finds text that a speech recogniser made up: on silence, on music, or by looping.
///
/// The thresholds of log probability, no-speech probability and compression are those of Whisper (Radford et al. 2022, section
/// 4.5). No phrase is known by heart; only measures count.
package struct HallucinationGuard: Sendable, Hashable {
    /// What is wrong with a segment.
    package enum Finding: String, Sendable, Hashable, CaseIterable {
        /// Nobody speaks: likely silence and an unlikely text.
        case silence
        /// A phrase loops, or the text compresses as only repetition does.
        case repetition
        /// More text than can be said in the time.
        case tooFast = "too-fast"
        /// The model itself holds the text for unlikely; another decoding may be better.
        case unlikely
        /// There is nothing in it but punctuation.
        case empty
    }

    /// No-speech probabilities above mean silence when the text is unlikely, too.
    package var noSpeechThreshold: Double
    /// Average log probabilities below mean an unlikely text.
    package var logProbabilityThreshold: Double
    /// Compression ratios above mean repetition in an unlikely text, twice as high ones in any.
    package var compressionThreshold: Double
    /// A phrase said so many times in a row is a loop.
    package var repeatLimit: Int
    /// Columns of text a second that nobody can say; fast speech has about 25.
    package var speedLimit: Double

    /// - Parameters: as the properties.
    package init(
        noSpeechThreshold: Double = 0.6, logProbabilityThreshold: Double = -1, compressionThreshold: Double = 2.4,
        repeatLimit: Int = 5, speedLimit: Double = 45
    ) {
        (self.noSpeechThreshold, self.logProbabilityThreshold) = (noSpeechThreshold, logProbabilityThreshold)
        (self.compressionThreshold, self.repeatLimit, self.speedLimit) = (compressionThreshold, max(2, repeatLimit), speedLimit)
    }

    /// - Returns: what is wrong with the segment; `nil` when it may stay.
    package func finding(in segment: TranscriptSegment) -> Finding? {
        let words = TextWords(segment.text).words
        if words.isEmpty { return .empty }
        let isUnlikely = segment.averageLogProbability.map { $0 < logProbabilityThreshold } ?? false
        if isUnlikely, let silence = segment.noSpeechProbability, silence > noSpeechThreshold { return .silence }
        if isLoop(words) { return .repetition }
        // Menus and announcements repeat themselves in earnest: half a minute of them was seen at 3.2. A ratio that asks for
        // another decoding condemns a text only when the model does not believe it either, or when nobody could repeat himself
        // so much.
        let ratio = segment.compressionRatio ?? CompressionRatio.of(segment.text)
        if ratio > (isUnlikely ? 1 : 2) * compressionThreshold { return .repetition }
        // Short words on short segments tell nothing about speed.
        if segment.text.displayWidth > 20, Double(segment.text.displayWidth) > speedLimit * max(segment.end - segment.start, 0.02) {
            return .tooFast
        }
        return isUnlikely ? .unlikely : nil
    }

    /// Takes out what `Sieve` does not let pass.
    /// - Returns: the transcript, its segments numbered anew.
    package func cleaned(_ transcript: Transcript) -> Transcript {
        var sieve = Sieve(self)
        var copy = transcript
        copy.segments = transcript.segments.filter { sieve.keeps($0) }
        for index in copy.segments.indices { copy.segments[index].id = index }
        return copy
    }

    /// Lets pass, segment after segment, what somebody said: not what nobody did, nor repeats of one text in segment after segment.
    /// Unlikely text stays: it was said.
    package struct Sieve {
        private let guardian: HallucinationGuard
        private var repeats = 0
        private var previous: [String] = []

        package init(_ guardian: HallucinationGuard) {
            self.guardian = guardian
        }

        /// - Parameter segment: the one after that of the last call.
        /// - Returns: whether it stays in the transcript.
        package mutating func keeps(_ segment: TranscriptSegment) -> Bool {
            let finding = guardian.finding(in: segment)
            guard finding == nil || finding == .unlikely else { return false }
            let words = TextWords(segment.text).words
            repeats = words == previous ? repeats + 1 : 0
            previous = words
            // People say one short sentence twice; three times in three segments is a loop, unless it is heard plainly:
            // announcements do repeat themselves.
            return repeats < (words.count > 1 && !guardian.isPlain(segment) ? 2 : guardian.repeatLimit - 1)
        }
    }

    /// Whether the recogniser was sure of the text and heard somebody; unknown measures vouch for nothing. What compresses as only
    /// a loop does is out already: a window that holds an announcement three times was seen with a ratio of 3.6 and a probability
    /// of silence of 0.36.
    private func isPlain(_ segment: TranscriptSegment) -> Bool {
        guard let silence = segment.noSpeechProbability, let likelihood = segment.averageLogProbability else { return false }
        return silence < noSpeechThreshold && likelihood > logProbabilityThreshold / 2
    }

    private func isLoop(_ words: [String]) -> Bool {
        guard let worst = Repetition.worst(in: words, longest: 16) else { return false }
        // One word may be said often in earnest ("no, no, no, no"), a phrase hardly.
        return worst.count >= (worst.length == 1 ? repeatLimit + 3 : repeatLimit)
    }
}
