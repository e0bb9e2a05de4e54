package import AudioAPI

/// Who spoke when, ready to label a transcript.
package struct SpeakerTurns: Sendable {
    private let turns: [SpeakerTurn]
    /// The latest end of the turns up to each.
    private let reached: [Double]

    /// - Parameter turns: in any order; turns of several speakers may overlap.
    package init(_ turns: [SpeakerTurn]) {
        self.turns = turns.sorted { $0.start < $1.start }
        var latest = -Double.infinity
        reached = self.turns.map { turn in
            latest = max(latest, turn.end)
            return latest
        }
    }

    /// Who speaks most of a stretch of time.
    /// - Parameters:
    ///   - start: seconds.
    ///   - end: seconds.
    ///   - reach: how far away a turn may lie, in seconds, when none overlaps the stretch.
    /// - Returns: `nil` when nobody speaks near it.
    package func speaker(from start: Double, to end: Double, reach: Double = 0.5) -> String? {
        // The first turn that starts after the stretch; those before may reach into it.
        var (low, high) = (0, turns.count)
        while low < high {
            let middle = (low + high) / 2
            if turns[middle].start <= end { low = middle + 1 } else { high = middle }
        }
        var shares: [String: Double] = [:]
        var nearest: (distance: Double, speaker: String)?
        if low < turns.count { nearest = (turns[low].start - end, turns[low].speaker) }
        for index in stride(from: low - 1, through: 0, by: -1) {
            if reached[index] < start - reach { break }
            let turn = turns[index]
            let overlap = min(end, turn.end) - max(start, turn.start)
            if overlap > 0 { shares[turn.speaker, default: 0] += overlap }
            if max(0, -overlap) < nearest?.distance ?? .infinity { nearest = (max(0, -overlap), turn.speaker) }
        }
        if let most = shares.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) { return most.key }
        return nearest.flatMap { $0.distance <= reach ? $0.speaker : nil }
    }

    /// Labels every word and segment, and splits segments where the speaker changes.
    ///
    /// Each word goes to the speaker with the largest overlap, as in WhisperX (Bain et al. 2023); words that nobody speaks go to
    /// the speaker before them. Segments without words are labelled as a whole.
    /// - Returns: the transcript, its segments numbered anew. Measures of a split segment hold for each part; token counts are
    ///   shared out by words.
    package func labelled(_ transcript: Transcript) -> Transcript {
        var copy = transcript
        copy.segments = []
        for segment in transcript.segments {
            for part in labelledParts(of: segment) {
                copy.segments.append(part)
                copy.segments[copy.segments.count - 1].id = copy.segments.count - 1
            }
        }
        return copy
    }

    private func labelledParts(of segment: TranscriptSegment) -> [TranscriptSegment] {
        guard !segment.words.isEmpty else {
            var whole = segment
            whole.speaker = speaker(from: segment.start, to: segment.end)
            return [whole]
        }
        var words = segment.words
        for index in words.indices { words[index].speaker = speaker(from: words[index].start, to: words[index].end) }
        let known = words.first { $0.speaker != nil }?.speaker
        for index in words.indices where words[index].speaker == nil {
            words[index].speaker = index > 0 ? words[index - 1].speaker : known
        }
        var runs: [[TranscriptWord]] = []
        for word in words {
            if let last = runs.last?.last, last.speaker == word.speaker {
                runs[runs.count - 1].append(word)
            } else {
                runs.append([word])
            }
        }
        guard runs.count > 1 else {
            var whole = segment
            (whole.words, whole.speaker) = (words, known)
            return [whole]
        }
        var sharedTokens = 0
        var sharedWords = 0
        return runs.enumerated().map { index, run in
            var part = segment
            part.words = run
            part.speaker = run[0].speaker
            part.text = run.joinedText
            part.start = index == 0 ? segment.start : run[0].start
            part.end = index == runs.count - 1 ? segment.end : run[run.count - 1].end
            part.end = max(part.start, part.end)
            part.tokens = []
            sharedWords += run.count
            part.tokenCount = segment.tokenCount * sharedWords / words.count - sharedTokens
            sharedTokens += part.tokenCount
            return part
        }
    }
}
