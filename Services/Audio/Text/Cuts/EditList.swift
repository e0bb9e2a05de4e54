package import AudioAPI
package import Primitives

/// Which parts of a recording stay, in order, joined by crossfades.
package struct EditList: Sendable, Hashable {
    /// Length of the recording in seconds.
    package let duration: Double
    /// What stays; at least one range unless the recording is empty.
    package let kept: [TimeRange]
    /// Seconds by which neighbours overlap.
    package let crossfade: Double
    /// Where each kept range begins in the result, in seconds.
    private let offsets: [Double]

    /// - Parameters:
    ///   - duration: length of the recording in seconds.
    ///   - cuts: what goes, in any order, overlapping or not.
    ///   - crossfade: seconds by which neighbours overlap, 0 or more.
    ///   - shortestKept: what stays between two cuts and is shorter goes, too; at least two crossfades, so that each range has
    ///     room for its own.
    package init(duration: Double, cuts: [TimeRange], crossfade: Double = 0.02, shortestKept: Double = 0.06) {
        (self.duration, self.crossfade) = (max(0, duration), max(0, crossfade))
        let shortest = max(shortestKept, 2 * self.crossfade)
        var kept: [TimeRange] = []
        var position = 0.0
        for cut in cuts.sorted(by: { $0.start < $1.start }) where cut.duration > 0 && cut.end > 0 && cut.start < self.duration {
            if cut.start - position >= shortest { kept.append(TimeRange(start: position, end: cut.start)) }
            position = max(position, min(cut.end, self.duration))
        }
        if self.duration - position >= shortest || kept.isEmpty && self.duration > 0 {
            let start = self.duration - position >= shortest ? position : 0
            kept.append(TimeRange(start: start, end: self.duration))
        }
        self.kept = kept
        var offset = 0.0
        offsets = kept.map { range in
            defer { offset += range.duration - max(0, crossfade) }
            return offset
        }
    }

    /// Length of the result in seconds.
    package var editedDuration: Double {
        max(0, kept.reduce(0) { $0 + $1.duration } - crossfade * Double(max(0, kept.count - 1)))
    }

    /// What goes.
    package var cuts: [TimeRange] {
        var cuts: [TimeRange] = []
        var position = 0.0
        for range in kept {
            if range.start > position { cuts.append(TimeRange(start: position, end: range.start)) }
            position = range.end
        }
        if position < duration { cuts.append(TimeRange(start: position, end: duration)) }
        return cuts
    }

    /// Where a moment of the recording is found in the result.
    /// - Parameter time: seconds in the recording; moments that were cut fall on the seam.
    package func editedTime(_ time: Double) -> Double {
        let index = firstRange(endingAfter: time)
        guard index < kept.count else { return editedDuration }
        return offsets[index] + max(0, time - kept[index].start)
    }

    /// A transcript with the times of the result; words that were cut are gone.
    package func edited(_ transcript: Transcript) -> Transcript {
        var copy = transcript
        copy.duration = editedDuration
        copy.segments = []
        for var segment in transcript.segments {
            if !segment.words.isEmpty {
                segment.words = segment.words.filter { keeps(($0.start + $0.end) / 2) }
                guard !segment.words.isEmpty else { continue }
                segment.text = segment.words.joinedText
                for index in segment.words.indices {
                    segment.words[index].start = editedTime(segment.words[index].start)
                    segment.words[index].end = editedTime(segment.words[index].end)
                }
            }
            (segment.start, segment.end) = (editedTime(segment.start), editedTime(segment.end))
            segment.id = copy.segments.count
            copy.segments.append(segment)
        }
        return copy
    }

    /// The list as a document.
    package var document: JSONValue {
        let ranges: ([TimeRange]) -> JSONValue = { ranges in
            .array(ranges.map { ["start_seconds": .number($0.start), "end_seconds": .number($0.end)] })
        }
        return [
            "duration_seconds": .number(duration), "edited_duration_seconds": .number(editedDuration),
            "crossfade_seconds": .number(crossfade), "kept": ranges(kept), "cut": ranges(cuts),
        ]
    }

    private func keeps(_ time: Double) -> Bool {
        let index = firstRange(endingAfter: time)
        return index < kept.count && kept[index].start <= time
    }

    private func firstRange(endingAfter time: Double) -> Int {
        var (low, high) = (0, kept.count)
        while low < high {
            let middle = (low + high) / 2
            if kept[middle].end < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
