package import AudioAPI

/// Divides a transcript into chapters by topic and names them.
package struct ChapterPlanner: Sendable, Hashable {
    /// Seconds a chapter has at least.
    package var shortest: Double
    /// Chapters at most.
    package var limit: Int

    /// - Parameters: as the properties.
    package init(shortest: Double = 60, limit: Int = 50) {
        (self.shortest, self.limit) = (max(0, shortest), max(1, limit))
    }

    /// - Returns: chapters that cover the recording from 0 to its end; one for a recording about one topic, none without text.
    package func chapters(of transcript: Transcript) -> [Chapter] {
        let segments = transcript.segments.filter { !$0.text.isEmpty }
        guard let last = segments.last else { return [] }
        let end = max(transcript.duration, last.end)
        let vocabulary = TopicTerms(language: transcript.textLanguage)
        let starts = starts(segments, vocabulary, end: end)
        var texts = [String](repeating: "", count: starts.count)
        var part = 0
        for (index, segment) in segments.enumerated() {
            if part + 1 < starts.count, index >= starts[part + 1] { part += 1 }
            texts[part] += (segment.hasLeadingSpace ? " " : "") + segment.text
        }
        let titles = SalientPhrase(texts, vocabulary).titles()
        return starts.indices.map { index in
            Chapter(
                start: index == 0 ? 0 : segments[starts[index]].start,
                end: index + 1 < starts.count ? segments[starts[index + 1]].start : end,
                title: titles[index].isEmpty ? "Chapter \(index + 1)" : titles[index])
        }
    }

    /// The indices of the segments that begin a chapter, the deepest changes first as long as chapters stay long enough.
    private func starts(_ segments: [TranscriptSegment], _ vocabulary: TopicTerms, end: Double) -> [Int] {
        var terms: [String] = []
        var segmentOfTerm: [Int] = []
        for (index, segment) in segments.enumerated() {
            for word in TextWords(segment.text).words {
                guard let term = vocabulary.term(word) else { continue }
                terms.append(term)
                segmentOfTerm.append(index)
            }
        }
        var chosen = [0]
        var times = [0, end]
        for boundary in TextTiling().boundaries(terms) where chosen.count < limit {
            let index = nearestStart(to: boundary.term, segmentOfTerm, segments)
            let time = segments[index].start
            guard index > 0, times.allSatisfy({ abs($0 - time) >= shortest }) else { continue }
            chosen.append(index)
            times.append(time)
        }
        return chosen.sorted()
    }

    /// The segment around a term that begins a sentence, best after a pause.
    private func nearestStart(to term: Int, _ segmentOfTerm: [Int], _ segments: [TranscriptSegment]) -> Int {
        let middle = segmentOfTerm[min(term, segmentOfTerm.count - 1)]
        let candidates = max(1, middle - 2)...max(1, min(segments.count - 1, middle + 2))
        let best = candidates.filter { $0 < segments.count }.max { cost(of: $0, middle, segments) > cost(of: $1, middle, segments) }
        return best ?? 0
    }

    private func cost(of index: Int, _ middle: Int, _ segments: [TranscriptSegment]) -> Double {
        let before = segments[index - 1]
        let endsSentence = before.text.last.map { ".!?…。！？؟".contains($0) } ?? false
        return Double(abs(index - middle)) + (endsSentence ? 0 : 2) - min(1.5, max(0, segments[index].start - before.end))
    }
}
