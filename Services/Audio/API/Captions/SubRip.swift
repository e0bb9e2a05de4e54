package import Primitives

/// SubRip captions (`.srt`).
package enum SubRip {
    /// Writes captions. Lines written from right to left are embedded as such (U+202B … U+202C), since most players of this
    /// format lay out every line from left to right.
    package static func text(_ captions: [Caption]) -> String {
        var text = ""
        for (index, caption) in captions.enumerated() {
            let (start, end) = (CaptionTime(seconds: caption.start), CaptionTime(seconds: caption.end))
            text += "\(index + 1)\n\(start.text(mark: ",")) --> \(end.text(mark: ","))\n"
            for line in caption.lines where !line.allSatisfy(\.isWhitespace) {
                let escaped = escape(line)
                text += (line.isRightToLeft ? "\u{202B}\(escaped)\u{202C}" : escaped) + "\n"
            }
            text += "\n"
        }
        return text
    }

    /// Reads captions. Counters may be missing, times may have a point, styles are dropped.
    /// - Throws: `CaptionError` naming the line.
    package static func captions(from bytes: Bytes) throws(CaptionError) -> [Caption] {
        var lines = try CaptionLines(bytes)
        var captions: [Caption] = []
        lines.skipBlank()
        while let first = lines.peek {
            if !first.contains("-->"), first.allSatisfy({ $0.isNumber || $0.isWhitespace }) {
                let number = lines.number
                _ = lines.take()
                guard let second = lines.peek, !second.allSatisfy(\.isWhitespace) else { throw .noTime(line: number) }
            }
            let number = lines.number
            let (start, end) = try CaptionLines.times(lines.take() ?? "", number: number)
            var texts: [String] = []
            while let line = lines.peek, !startsCaption(lines) {
                let text = plain(line)
                if !text.isEmpty { texts.append(text) }
                _ = lines.take()
            }
            captions.append(Caption(start: start, end: end, lines: texts))
        }
        return captions
    }

    /// Whether a new caption begins here: writers exist that leave blank lines inside a caption.
    private static func startsCaption(_ lines: CaptionLines) -> Bool {
        guard let line = lines.peek else { return true }
        if isTime(line) { return true }
        let isCounter = !line.isEmpty && line.utf8.allSatisfy { (48...57).contains($0) || $0 == 32 }
        return isCounter && (lines.peekSecond.map(isTime) ?? false)
    }

    private static func isTime(_ line: Substring) -> Bool {
        line.contains("-->") && line.first { !$0.isWhitespace }?.isNumber ?? false
    }

    /// The format knows no escapes: an arrow is shortened as Whisper does it, and a word joiner keeps players from taking the
    /// text for a tag.
    private static func escape(_ line: String) -> String {
        var text = ""
        var previous: Character = " "
        for character in line {
            if character == ">" && text.hasSuffix("--") { text.removeLast() }
            if previous == "<" && (character.isLetter || character == "/") { text += "\u{2060}" }
            if previous == "{" && character == "\\" { text += "\u{2060}" }
            text.append(character.isNewline ? " " : character)
            previous = character
        }
        return text
    }

    /// A line without tags (`<i>`, `{\an8}`), directional marks and word joiners.
    private static func plain(_ line: Substring) -> String {
        var text = ""
        var rest = line[...]
        var (angle, brace) = (NextMark(">"), NextMark("}"))
        while let character = rest.first {
            if character == "<", let close = angle.index(in: rest), isShort(rest[..<close]),
                isTag(rest[rest.index(after: rest.startIndex)..<close])
            {
                rest = rest[rest.index(after: close)...]
            } else if rest.hasPrefix("{\\"), let close = brace.index(in: rest), isShort(rest[..<close]) {
                rest = rest[rest.index(after: close)...]
            } else {
                text.append(character)
                rest.removeFirst()
            }
        }
        let marks: Set<Unicode.Scalar> = ["\u{202A}", "\u{202B}", "\u{202C}", "\u{200E}", "\u{200F}", "\u{2060}", "\u{FEFF}"]
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.unicodeScalars.filter { !marks.contains($0) })
        return String(kept).trimmed
    }

    /// Bytes; what is longer is text.
    private static let longestTag = 200

    private static func isShort(_ tag: Substring) -> Bool { tag.utf8.count < longestTag }

    private static func isTag(_ inside: Substring) -> Bool {
        let name = (inside.first == "/" ? inside.dropFirst() : inside).prefix { $0.isLetter }.lowercased()
        return ["b", "i", "u", "s", "font", "c"].contains(name)
    }
}
