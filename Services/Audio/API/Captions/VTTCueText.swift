/// The text of one VTT cue as it is read: tags taken out, entities replaced.
struct VTTCueText {
    private(set) var lines: [String] = []
    /// The first voice span's name.
    private(set) var voice: String?
    private(set) var wordTimes: [Caption.WordTime] = []

    /// Reads one line; lines without text are dropped.
    mutating func read(_ line: Substring) {
        var read = TimedLine()
        var rest = line[...]
        while let character = rest.first {
            if character == "<" {
                let close = rest.firstIndex(of: ">") ?? rest.endIndex
                tag(rest[rest.index(after: rest.startIndex)..<close], in: &read)
                rest = close < rest.endIndex ? rest[rest.index(after: close)...] : ""
            } else if character == "&", let end = rest.prefix(12).firstIndex(of: ";"), let scalar = Self.entity(rest[..<end]) {
                read.text.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: end)...]
            } else {
                read.text.append(character)
                rest.removeFirst()
            }
        }
        guard !read.text.allSatisfy(\.isWhitespace) else { return }
        wordTimes += read.wordTimes(line: lines.count)
        lines.append(read.text)
    }

    private mutating func tag(_ inside: Substring, in line: inout TimedLine) {
        if let time = CaptionTime(parsing: inside) {
            line.beginWord(at: time.seconds)
        } else if voice == nil, let space = inside.firstIndex(where: \.isWhitespace),
            inside[..<space].prefix(while: { $0 != "." }) == "v"
        {
            voice = Self.decoded(inside[inside.index(after: space)...]).trimmed
        }
    }

    /// The text of an annotation, which may hold entities of its own but no tags.
    private static func decoded(_ annotation: Substring) -> String {
        var text = ""
        var rest = annotation
        while let character = rest.popFirst() {
            if character == "&", let end = rest.prefix(12).firstIndex(of: ";"), let scalar = entity("&" + rest[..<end]) {
                text.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: end)...]
            } else {
                text.append(character)
            }
        }
        return text
    }

    private static func entity(_ reference: Substring) -> Unicode.Scalar? {
        let name = reference.dropFirst()
        if let digits = name.hasPrefix("#") ? name.dropFirst() : nil {
            let isHex = digits.first == "x" || digits.first == "X"
            return (isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)).flatMap(Unicode.Scalar.init)
        }
        return entities[name]
    }

    private static let entities: [Substring: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "lrm": "\u{200E}", "rlm": "\u{200F}",
    ]
}
