package import AudioAPI

/// Finds what to cut from speech by the times of its words: filler words and long silences.
package struct CutPlanner: Sendable, Hashable {
    /// Whether filler words go.
    package var cutsFillers: Bool
    /// Silences of so many seconds or more are shortened; `nil` keeps them all.
    package var longestSilence: Double?
    /// Seconds that stay around the words beside a cut, where there is room.
    package var padding: Double
    /// Seconds by which the parts overlap at a cut.
    package var crossfade: Double
    /// Phrases to cut besides the language's own fillers.
    package var extraFillers: [String]

    /// - Parameters: as the properties.
    package init(
        cutsFillers: Bool = true, longestSilence: Double? = 1, padding: Double = 0.12, crossfade: Double = 0.02,
        extraFillers: [String] = []
    ) {
        (self.cutsFillers, self.longestSilence, self.padding) = (cutsFillers, longestSilence, max(0, padding))
        (self.crossfade, self.extraFillers) = (max(0, crossfade), extraFillers)
    }

    /// What stays of the recording. A recording without words is left whole: it may be music.
    /// - Parameter transcript: with the times of its words; only cuts between words are made.
    package func editList(for transcript: Transcript) -> EditList {
        let words = transcript.words.sorted { $0.start < $1.start }
        var cuts: [TimeRange] = []
        if !words.isEmpty {
            let fillers = isFiller(words, language: transcript.textLanguage)
            var reached = 0.0
            var gap = Gap()
            for (word, isFiller) in zip(words, fillers) {
                if isFiller {
                    gap.add(word)
                    continue
                }
                // Words of two speakers may overlap; a filler is cut only where nobody else speaks.
                append(&cuts, from: reached, to: word.start, gap)
                reached = max(reached, word.end)
                gap = Gap()
            }
            append(&cuts, from: reached, to: transcript.duration, gap)
        }
        return EditList(duration: transcript.duration, cuts: cuts, crossfade: crossfade)
    }

    /// The fillers between two kept words.
    private struct Gap {
        var start = Double.infinity
        var end = 0.0
        var hasFillers: Bool { start < .infinity }

        mutating func add(_ word: TranscriptWord) {
            (start, end) = (min(start, word.start), max(end, word.end))
        }
    }

    /// Adds the cut between two kept words, when there is one to make.
    private func append(_ cuts: inout [TimeRange], from: Double, to: Double, _ gap: Gap) {
        guard to > from else { return }
        let cut: TimeRange
        if gap.hasFillers {
            // Where the filler touches its neighbour there is no silence to leave; without a limit all of it stays.
            let margin = longestSilence == nil ? .infinity : padding
            let before = min(margin, max(0, gap.start - from))
            let after = min(margin, max(0, to - gap.end))
            cut = TimeRange(start: from + before, end: to - after)
        } else {
            guard let longestSilence, to - from >= longestSilence else { return }
            cut = TimeRange(start: from + padding, end: to - padding)
        }
        // A cut that is hardly longer than its crossfade is only heard, not missed.
        if cut.duration > 2 * crossfade { cuts.append(cut) }
    }

    private func isFiller(_ words: [TranscriptWord], language: String?) -> [Bool] {
        var flags = [Bool](repeating: false, count: words.count)
        guard cutsFillers else { return flags }
        let fillers = FillerWords(language: language, extra: extraFillers)
        let comparable = words.map { FillerWords.comparable($0.text) }
        var index = 0
        while index < words.count {
            let length = fillers.length(comparable, at: index)
            for filler in index..<index + length { flags[filler] = true }
            index += max(1, length)
        }
        return flags
    }
}
