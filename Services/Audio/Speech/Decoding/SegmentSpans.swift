/// Where the segments lie in a row of tokens with times: openai/whisper `transcribe.py`.
struct SegmentSpans: Equatable {
    struct Span: Equatable {
        /// The places of its tokens, times included.
        let tokens: Range<Int>
        /// Seconds from the beginning of the window.
        let start: Double
        let end: Double
    }

    let spans: [Span]
    /// The last closed segment's end when the model stopped there with audio left; nil when it took the window as a whole.
    let heard: Double?

    /// - Parameters:
    ///   - tokens: the transcript.
    ///   - firstTimestamp: the token of 0.00 s; later times follow every 20 ms.
    ///   - duration: the window's seconds.
    init(_ tokens: [Int], firstTimestamp: Int, duration: Double) {
        func time(_ place: Int) -> Double { min(Double(tokens[place] - firstTimestamp) * 0.02, duration) }
        func isTime(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place] >= firstTimestamp }

        var spans: [Span] = []
        var begin = 0
        for place in tokens.indices.dropFirst() where isTime(place) && isTime(place - 1) {
            if place - begin > 1 { spans.append(Span(tokens: begin..<place, start: time(begin), end: time(place - 1))) }
            begin = place
        }
        let closesWithPair = isTime(tokens.count - 1) && isTime(tokens.count - 2)
        if closesWithPair, let end = spans.last?.end, end > 0, end < duration {
            // What was begun after it will be heard again.
            (self.spans, heard) = (spans, end)
            return
        }
        if begin < tokens.count - 1 || (begin < tokens.count && !isTime(begin)) {
            let last = tokens.count - 1
            let end = last > begin && isTime(last) ? time(last) : duration
            spans.append(Span(tokens: begin..<tokens.count, start: isTime(begin) ? time(begin) : 0, end: end))
        }
        (self.spans, heard) = (spans, nil)
    }
}
