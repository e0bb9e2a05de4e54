/// One caption (cue): lines that are shown together for a time.
package struct Caption: Sendable, Hashable {
    /// Where a word begins and when.
    package struct WordTime: Sendable, Hashable {
        /// Index of the line.
        package var line: Int
        /// Characters of the line before the word.
        package var offset: Int
        /// Seconds from the beginning of the media.
        package var start: Double

        /// - Parameters: as the properties.
        package init(line: Int, offset: Int, start: Double) {
            (self.line, self.offset, self.start) = (line, offset, start)
        }
    }

    /// Seconds from the beginning of the media.
    package var start: Double
    /// Seconds from the beginning of the media; not before `start`.
    package var end: Double
    /// Plain text without markup.
    package var lines: [String]
    /// Who speaks; `nil` when unknown.
    package var speaker: String?
    /// In the order of the text; empty when the times of the words are not known.
    package var wordTimes: [WordTime]

    /// - Parameters: as the properties.
    package init(start: Double, end: Double, lines: [String], speaker: String? = nil, wordTimes: [WordTime] = []) {
        (self.start, self.end, self.lines, self.speaker, self.wordTimes) = (start, end, lines, speaker, wordTimes)
    }

    /// A whole segment as one caption of one line.
    package init(segment: TranscriptSegment) {
        self.init(start: segment.start, end: segment.end, lines: [segment.text], speaker: segment.speaker)
        guard segment.words.joinedText == segment.text else { return }
        var offset = 0
        for (index, word) in segment.words.enumerated() {
            if index > 0 && word.hasLeadingSpace { offset += 1 }
            wordTimes.append(WordTime(line: 0, offset: offset, start: word.start))
            offset += word.text.count
        }
    }

    /// The lines as one, joined as the script writes words.
    package var text: String {
        lines.reduce(into: "") { text, line in
            let touches =
                text.isEmpty || text.unicodeScalars.last?.isUnspacedScript ?? false
                || line.unicodeScalars.first?.isUnspacedScript ?? true
            text += touches ? line : " " + line
        }
    }
}

extension Transcript {
    /// The transcript that captions hold: one segment a caption, in the order of their starts.
    /// - Parameter language: the captions' language as Whisper's code, when known.
    package init(captions: [Caption], language: String? = nil) {
        let spoken = captions.filter { !$0.text.isEmpty }.sorted { $0.start < $1.start }
        self.init(
            language: language, duration: spoken.map(\.end).max() ?? 0,
            segments: spoken.enumerated().map { index, caption in
                TranscriptSegment(
                    id: index, start: caption.start, end: caption.end, text: caption.text, speaker: caption.speaker)
            })
    }
}
