import Glibc

/// When each word of a passage was said and how sure the model is of it.
struct WordAligner {
    private let words: [[RecognizedWord]]

    /// - Parameters:
    ///   - transcript: with the attention of its tokens; without it words share their segment's time.
    ///   - spans: the segments of the transcript.
    init(_ transcript: Transcript, spans: SegmentSpans, tokens: SpecialTokens, vocabulary: Vocabulary, language: String) {
        let places = spans.spans.map { span in span.tokens.filter { transcript.tokens[$0] < tokens.endOfText } }
        let starts = Self.starts(places: places, transcript: transcript, spans: spans)
        var (found, first): ([[RecognizedWord]], Int) = ([], 0)
        for (span, own) in zip(spans.spans, places) {
            let pieces = WordPieces.words(of: own.map { transcript.tokens[$0] }, vocabulary: vocabulary, language: language)
            let words = pieces.map { piece in
                let sum = piece.tokens.reduce(0) { $0 + Double(expf(transcript.logProbabilities[own[$1]])) }
                let (start, end) =
                    starts.map { ($0[first + piece.tokens.lowerBound], $0[first + piece.tokens.upperBound]) }
                    ?? Self.share(of: piece.tokens, count: own.count, in: span)
                return RecognizedWord(text: piece.text, start: start, end: end, probability: sum / Double(piece.tokens.count))
            }
            found.append(words)
            first += own.count
        }
        words = starts == nil ? found : WordTiming.corrected(found, spans: spans.spans)
    }

    func words(ofSpan index: Int) -> [RecognizedWord] {
        words.indices.contains(index) ? words[index] : []
    }

    /// The second at which each text token begins, and the last one ends; nil without attention.
    private static func starts(places: [[Int]], transcript: Transcript, spans: SegmentSpans) -> [Double]? {
        let rows = places.flatMap { $0 }
        guard let last = rows.last, let end = spans.spans.last?.end, !transcript.attention.isEmpty else { return nil }
        // What was chosen after the last word, a time or the end, tells where that word ends.
        let closing = transcript.attention.count > last + 1 ? [last + 1] : []
        let columns = max(1, Int((end * 50).rounded(.up)))
        let starts = transcript.attention.firstPositions(ofRows: rows + closing, columns: columns).map { Double($0) * 0.02 }
        return closing.isEmpty ? starts + [end] : starts
    }

    /// Without attention the tokens share their segment's time evenly.
    private static func share(of tokens: Range<Int>, count: Int, in span: SegmentSpans.Span) -> (Double, Double) {
        let step = (span.end - span.start) / Double(max(1, count))
        return (span.start + step * Double(tokens.lowerBound), span.start + step * Double(tokens.upperBound))
    }
}
