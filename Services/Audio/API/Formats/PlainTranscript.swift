/// The text alone: one line, or one paragraph a turn when speakers are known.
package enum PlainTranscript {
    /// - Returns: the text with a newline at the end; nothing for an empty transcript.
    package static func text(_ transcript: Transcript) -> String {
        guard !transcript.speakers.isEmpty else {
            let text = transcript.text
            return text.isEmpty ? "" : text + "\n"
        }
        var paragraphs: [String] = []
        var speaker: String?
        for segment in transcript.segments where !segment.text.isEmpty {
            if segment.speaker == speaker, !paragraphs.isEmpty {
                paragraphs[paragraphs.count - 1] += (segment.hasLeadingSpace ? " " : "") + segment.text
            } else {
                paragraphs.append((segment.speaker.map { "\($0): " } ?? "") + segment.text)
            }
            speaker = segment.speaker
        }
        return paragraphs.joined(separator: "\n\n") + "\n"
    }
}
