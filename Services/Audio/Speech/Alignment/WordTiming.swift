/// Corrections of word times where attention is known to wander: openai/whisper `timing.py`, `add_word_timestamps`.
enum WordTiming {
    /// - Parameters:
    ///   - words: the words of every segment.
    ///   - spans: the segments, with the times that the model gave.
    static func corrected(_ words: [[RecognizedWord]], spans: [SegmentSpans.Span]) -> [[RecognizedWord]] {
        let durations = words.joined().map { $0.end - $0.start }.filter { $0 > 0 }.sorted()
        guard !durations.isEmpty else { return words }
        let usual = min(0.7, durations[durations.count / 2])
        let longest = 2 * usual
        return zip(words, spans).map { words, span in
            var words = words
            shortenAtSentences(&words, longest: longest)
            fitEnds(&words, span: span, usual: usual, longest: longest)
            return words
        }
    }

    /// A pause after or before a sentence's end is no part of the word beside it.
    private static func shortenAtSentences(_ words: inout [RecognizedWord], longest: Double) {
        for index in words.indices where words[index].end - words[index].start > longest {
            if let last = words[index].text.last, sentenceEnds.contains(last) {
                words[index].end = words[index].start + longest
            } else if index > 0, let last = words[index - 1].text.last, sentenceEnds.contains(last) {
                words[index].start = words[index].end - longest
            }
        }
    }

    private static let sentenceEnds: Set<Character> = [".", "。", "!", "！", "?", "？"]

    /// The first word of a segment begins late rather than early when a pause precedes it; its own times bound both ends.
    private static func fitEnds(_ words: inout [RecognizedWord], span: SegmentSpans.Span, usual: Double, longest: Double) {
        guard var first = words.first else { return }
        if first.end - first.start > longest {
            first.start = max(first.start, first.end - longest)
        }
        if span.start < first.end && span.start - 0.5 > first.start {
            first.start = max(0, min(first.end - usual, span.start))
        }
        words[0] = first
        let end = words.count - 1
        if span.end > words[end].start && span.end + 0.5 < words[end].end {
            words[end].end = max(words[end].start + usual, span.end)
        }
        if words[end].end - words[end].start > longest { words[end].end = words[end].start + longest }
    }
}
