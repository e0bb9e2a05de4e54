package import Primitives

/// WebVTT captions (`.vtt`).
/// Source: W3C, "WebVTT: The Web Video Text Tracks Format", Candidate Recommendation 2019.
package enum WebVTT {
    /// Writes captions, with voice spans for known speakers.
    /// - Parameter wordTimes: whether a time tag stands before each word after the first.
    package static func text(_ captions: [Caption], wordTimes: Bool = false) -> String {
        var text = "WEBVTT\n\n"
        for caption in captions {
            let (start, end) = (CaptionTime(seconds: caption.start), CaptionTime(seconds: caption.end))
            text += "\(start.text(mark: ".")) --> \(end.text(mark: "."))\n"
            // The voice goes on until the caption ends. A blank line would end it early.
            var voice = caption.speaker.map { "<v \(annotation($0))>" } ?? ""
            let times = wordTimes ? caption.wordTimes : []
            for (index, line) in caption.lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
                text += voice
                voice = ""
                text += tagged(line, times.filter { $0.line == index }, after: start, before: end) + "\n"
            }
            text += "\n"
        }
        return text
    }

    /// Reads captions; styles, regions, notes and settings are dropped, voices and word times kept.
    /// - Throws: `CaptionError` naming the line.
    package static func captions(from bytes: Bytes) throws(CaptionError) -> [Caption] {
        var lines = try CaptionLines(bytes)
        guard let header = lines.peek, header == "WEBVTT" || header.hasPrefix("WEBVTT ") || header.hasPrefix("WEBVTT\t") else {
            throw .noHeader
        }
        _ = lines.takeBlock()
        var captions: [Caption] = []
        while true {
            lines.skipBlank()
            guard let first = lines.peek else { return captions }
            if ["NOTE", "STYLE", "REGION"].contains(first.prefix { !$0.isWhitespace }), !first.contains("-->") {
                _ = lines.takeBlock()
                continue
            }
            if !first.contains("-->") {
                let number = lines.number
                _ = lines.take()
                guard lines.peek?.contains("-->") ?? false else { throw .noTime(line: number) }
            }
            let number = lines.number
            let (start, end) = try CaptionLines.times(lines.take() ?? "", number: number)
            var cue = VTTCueText()
            for line in lines.takeBlock() { cue.read(line) }
            captions.append(Caption(start: start, end: end, lines: cue.lines, speaker: cue.voice, wordTimes: cue.wordTimes))
        }
    }

    /// A line with time tags; the times must rise and lie inside the caption.
    private static func tagged(_ line: String, _ times: [Caption.WordTime], after start: CaptionTime, before end: CaptionTime)
        -> String
    {
        var text = ""
        var rest = times[...]
        var last = start.milliseconds
        for (offset, character) in line.enumerated() {
            while let time = rest.first, time.offset <= offset {
                let moment = CaptionTime(seconds: time.start)
                if moment.milliseconds > last && moment.milliseconds < end.milliseconds {
                    text += "<\(moment.text(mark: "."))>"
                    last = moment.milliseconds
                }
                rest.removeFirst()
            }
            text += escape(character)
        }
        return text
    }

    private static func escape(_ character: Character) -> String {
        switch character {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case _ where character.isNewline: " "
        default: String(character)
        }
    }

    private static func annotation(_ speaker: String) -> String {
        speaker.map(escape).joined().trimmed
    }
}
