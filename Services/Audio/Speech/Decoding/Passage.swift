import AudioText
/// The segments of one stretch of audio and what tells whether they can be right.
struct Passage {
    private(set) var segments: [RecognizedSegment]
    /// How many seconds were understood when the model stopped in the middle; nil when it came to the end.
    let heard: Double?
    private let averageLogProbability: Double
    private let compressionRatio: Double
    /// Whether a phrase stands there so often in a row as only a decoder that loops says it.
    private let loops: Bool
    private let noSpeech: Double

    /// Nothing is said.
    init(silent: ()) {
        (segments, heard, averageLogProbability, compressionRatio, loops, noSpeech) = ([], nil, -.infinity, 0, false, 1)
    }

    /// - Parameters:
    ///   - transcript: what the decoder gave.
    ///   - duration: seconds of audio.
    init(
        _ transcript: Transcript, tokens: SpecialTokens, vocabulary: Vocabulary, duration: Double, language: String, wordTimes: Bool
    ) {
        let text = vocabulary.text(of: transcript.tokens)
        averageLogProbability = transcript.averageLogProbability
        compressionRatio = CompressionRatio.of(text)
        loops = Repetition.worst(in: text, longest: Self.longestPhrase).map { $0.count >= Self.loop } ?? false
        noSpeech = transcript.noSpeech
        let spans = SegmentSpans(transcript.tokens, firstTimestamp: tokens.firstTimestamp, duration: duration)
        heard = spans.heard
        let aligner =
            wordTimes
            ? WordAligner(transcript, spans: spans, tokens: tokens, vocabulary: vocabulary, language: language) : nil
        segments = []
        for (index, span) in spans.spans.enumerated() {
            let own = Array(transcript.tokens[span.tokens])
            let text = vocabulary.text(of: own)
            // Signs alone are what the model makes of noise.
            guard text.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            let words = aligner?.words(ofSpan: index) ?? []
            segments.append(
                RecognizedSegment(
                    start: words.first?.start ?? span.start, end: words.last?.end ?? span.end, text: text, tokens: own,
                    words: words,
                    language: language, averageLogProbability: averageLogProbability, noSpeechProbability: noSpeech,
                    compressionRatio: compressionRatio, temperature: Double(transcript.temperature)))
        }
    }

    /// The model heard no speech and is not sure of its text either.
    func isSilent(_ options: RecognitionOptions) -> Bool {
        noSpeech > options.noSpeech && averageLogProbability < options.leastSpeechLogProbability
    }

    func isPlausible(_ options: RecognitionOptions) -> Bool {
        !repeats(options) && averageLogProbability >= options.leastLogProbability
    }

    /// Words of the longest phrase that is looked for, and how often a loop says it at least.
    private static let (longestPhrase, loop) = (40, 4)

    /// openai/whisper takes the compression alone, which condemns menus that are read out, the more so in alphabets of two bytes a
    /// letter; what it then draws at high temperatures is worse. A text that the model is sure of must loop indeed.
    private func repeats(_ options: RecognitionOptions) -> Bool {
        guard compressionRatio > options.mostCompression else { return false }
        return loops || compressionRatio > 2 * options.mostCompression
            || averageLogProbability < options.leastSpeechLogProbability
    }

    /// Of two implausible texts one that does not repeat itself is better, then the more probable one.
    func isBetter(than other: Passage, _ options: RecognitionOptions) -> Bool {
        if isPlausible(options) { return true }
        let (repeats, otherRepeats) = (repeats(options), other.repeats(options))
        return repeats == otherRepeats ? averageLogProbability > other.averageLogProbability : !repeats
    }

    /// The same with words only where something sounds.
    /// - Parameter envelope: of the audio.
    func fitted(to envelope: SoundEnvelope) -> Passage {
        var fitted = self
        for index in fitted.segments.indices {
            let words = envelope.fitted(fitted.segments[index].words)
            guard let first = words.first, let last = words.last else { continue }
            fitted.segments[index].words = words
            (fitted.segments[index].start, fitted.segments[index].end) = (first.start, last.end)
        }
        return fitted
    }

    /// The same with all times later by `offset` seconds.
    func moved(by offset: Double) -> Passage {
        var moved = self
        for index in moved.segments.indices {
            moved.segments[index].start += offset
            moved.segments[index].end += offset
            for word in moved.segments[index].words.indices {
                moved.segments[index].words[word].start += offset
                moved.segments[index].words[word].end += offset
            }
        }
        return moved
    }
}
