import AudioAPI

extension Caption {
    /// The caption as plain text of a track.
    var entry: SubtitleEntry {
        SubtitleEntry(
            start: start, end: end, text: lines.filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: "\n"))
    }
}
