/// Segments as tab-separated values: start and end in whole milliseconds, text.
/// Source: WriteTSV of OpenAI's Whisper.
package enum TabSeparatedTranscript {
    /// - Returns: a header line and one line a segment.
    package static func text(_ transcript: Transcript) -> String {
        var text = "start\tend\ttext\n"
        for segment in transcript.segments {
            let line = segment.text.split(whereSeparator: { $0 == "\t" || $0.isNewline }).joined(separator: " ")
            text +=
                "\(CaptionTime(seconds: segment.start).milliseconds)\t\(CaptionTime(seconds: segment.end).milliseconds)\t\(line)\n"
        }
        return text
    }
}
