/// A piece of text that a caption does not split: a word with the punctuation that clings to it, or a character of a script
/// without spaces.
struct CaptionUnit {
    var text: String
    var hasLeadingSpace: Bool
    var start: Double
    var end: Double
    var speaker: String?
    var endsSegment = false
    /// Columns, without the leading space.
    var width: Int

    init(text: String, hasLeadingSpace: Bool, start: Double, end: Double, speaker: String?) {
        (self.text, self.hasLeadingSpace, self.start, self.end) = (text, hasLeadingSpace, start, end)
        (self.speaker, width) = (speaker, text.displayWidth)
    }

    /// The units of a transcript. Where a segment has no words, its time is shared out by width.
    static func units(of transcript: Transcript) -> [CaptionUnit] {
        var units: [CaptionUnit] = []
        for segment in transcript.segments {
            let words =
                segment.words.isEmpty
                ? [
                    TranscriptWord(
                        text: segment.text, hasLeadingSpace: segment.hasLeadingSpace, start: segment.start, end: segment.end)
                ]
                : segment.words
            let first = units.count
            for word in words {
                for piece in pieces(of: word, speaker: word.speaker ?? segment.speaker) {
                    if units.count > first, let last = units.last, clings(piece, to: last) {
                        units[units.count - 1].text += piece.text
                        units[units.count - 1].width += piece.width
                        units[units.count - 1].end = piece.end
                    } else {
                        units.append(piece)
                    }
                }
            }
            if units.count > first { units[units.count - 1].endsSegment = true }
        }
        return units
    }

    /// The word cut at spaces and between the characters of scripts without spaces.
    private static func pieces(of word: TranscriptWord, speaker: String?) -> [CaptionUnit] {
        var parts: [(text: String, hasSpace: Bool)] = []
        var hasSpace = word.hasLeadingSpace
        var open = false
        for character in word.text {
            if character.isWhitespace {
                (hasSpace, open) = (true, false)
            } else if character.unicodeScalars.first?.isUnspacedScript ?? false {
                parts.append((String(character), hasSpace))
                (hasSpace, open) = (false, false)
            } else if open {
                parts[parts.count - 1].text.append(character)
            } else {
                parts.append((String(character), hasSpace))
                (hasSpace, open) = (false, true)
            }
        }
        let width = max(1, parts.reduce(0) { $0 + $1.text.displayWidth })
        var before = 0
        return parts.map { part in
            let start = word.start + (word.end - word.start) * Double(before) / Double(width)
            before += part.text.displayWidth
            let end = word.start + (word.end - word.start) * Double(before) / Double(width)
            return CaptionUnit(text: part.text, hasLeadingSpace: part.hasSpace, start: start, end: end, speaker: speaker)
        }
    }

    /// Whether no line may break between the two: the parts of a word, and what Japanese typesetting keeps off line starts and
    /// ends (JIS X 4051, kinsoku shori).
    private static func clings(_ piece: CaptionUnit, to last: CaptionUnit) -> Bool {
        guard !piece.hasLeadingSpace, let first = piece.text.unicodeScalars.first, let tail = last.text.unicodeScalars.last else {
            return false
        }
        if closing.contains(first) || opening.contains(tail) { return true }
        return !first.isUnspacedScript && !tail.isUnspacedScript
    }

    private static let opening = Set("「『（［｛〈《【〔“‘([{¿¡".unicodeScalars)
    private static let closing = Set(
        "」』）］｝〉》】〕”’)]}、。，．：；！？,.:;!?…・ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮｰ%％".unicodeScalars)
}
