import AudioAPI
import Primitives

/// A script of Advanced SubStation Alpha as people write it, read as far as the studio needs: its text with times, and its fonts.
/// Source: "Sub Station Alpha v4.00+ Script Format".
struct SubStationScript {
    /// In order of their starts; text alone, without markup and drawings.
    private(set) var captions: [Caption] = []
    /// Its events in order of their starts, as containers hold them.
    private(set) var entries: [SubtitleEntry] = []
    /// What fonts its styles and its text name.
    private(set) var fonts: Set<String> = []
    /// Everything up to the first event, as containers keep it apart from the events.
    private(set) var header = ""

    /// - Throws: `CaptionFileError.badLine`.
    init(_ text: String) throws(CaptionFileError) {
        var (section, fields) = ("", Fields(""))
        var head: [Substring] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("[") { section = line.prefix(Self.longestSection).prefix { $0 != "]" }.dropFirst().lowercased() }
            let isEvent = line.hasPrefix("Dialogue:") || line.hasPrefix("Comment:")
            if !isEvent, section != "fonts", section != "graphics" { head.append(line) }
            guard let colon = line.firstIndex(of: ":"), !line.hasPrefix(";") else { continue }
            let rest = line[line.index(after: colon)...]
            switch (section, line[..<colon]) {
            case ("events", "Format"), ("v4+ styles", "Format"), ("v4 styles", "Format"):
                fields = Fields(rest)
            case ("v4+ styles", "Style"), ("v4 styles", "Style"):
                if let font = fields.values(rest)("fontname") { addFont(font) }
            case ("events", "Dialogue"):
                try read(fields.values(rest), line: index + 1)
            default: break
            }
        }
        captions.sort { $0.start < $1.start }
        entries.sort { $0.start < $1.start }
        header = head.joined(separator: "\n") + "\n"
    }

    /// Characters of a section's name that are looked at: `[v4+ styles]` is the longest that matters.
    private static let longestSection = 20

    /// The fields of a section's lines, as its format names them.
    private struct Fields {
        private let places: [String: Int]
        private let count: Int

        init(_ format: Substring) {
            let names = format.split(separator: ",").map { $0.trimmed.lowercased() }
            (places, count) = (Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }, names.count)
        }

        /// - Returns: what a line has in the field of a name.
        func values(_ line: Substring) -> (String) -> String? {
            let values = line.split(separator: ",", maxSplits: max(0, count - 1), omittingEmptySubsequences: false)
            return { name in places[name].flatMap { $0 < values.count ? values[$0].trimmed : nil } }
        }
    }

    private mutating func addFont(_ name: String) {
        // "@" asks for vertical writing.
        let name = name.hasPrefix("@") ? String(name.dropFirst()) : name
        if !name.isEmpty { fonts.insert(name) }
    }

    private mutating func read(_ value: (String) -> String?, line: Int) throws(CaptionFileError) {
        guard let text = value("text") else { throw .badLine(line, "the event has fewer fields than its format") }
        guard let start = value("start").flatMap(CaptionTime.init(parsing:)),
            let end = value("end").flatMap(CaptionTime.init(parsing:))
        else { throw .badLine(line, "the event has no times such as 0:00:01.00") }
        guard start.milliseconds <= end.milliseconds else { throw .badLine(line, "the event ends before it starts") }
        let (lines, wordTimes) = lines(of: text, from: start.seconds)
        let caption = Caption(start: start.seconds, end: end.seconds, lines: lines, wordTimes: wordTimes)
        // The order of reading takes the place of the times. Source: Matroska, "Subtitles", S_TEXT/ASS.
        let margins = ["marginl", "marginr", "marginv"].map { name in value(name).flatMap { Int($0) }.map(String.init) ?? "0" }
        let fields =
            ["\(entries.count)", value("layer") ?? "0", value("style") ?? "Default", value("name") ?? ""] + margins
            + [value("effect") ?? "", text]
        if caption.start < caption.end {
            entries.append(SubtitleEntry(start: caption.start, end: caption.end, text: fields.joined(separator: ",")))
        }
        if !caption.lines.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { captions.append(caption) }
    }

    /// An event's text without markup and drawings, and the times of its karaoke.
    /// - Parameter start: of the event, seconds.
    private mutating func lines(of text: String, from start: Double) -> ([String], [Caption.WordTime]) {
        var lines = [TimedLine()]
        var (karaoke, isDrawing, unread, brace) = (start, false, text[...], NextMark("}"))
        while let character = unread.first {
            if character == "{", let close = brace.index(in: unread) {
                for command in unread[unread.index(after: unread.startIndex)..<close].split(separator: "\\") {
                    if command.hasPrefix("fn") { addFont(command.dropFirst(2).trimmed) }
                    if command.hasPrefix("p"), let scale = Int(command.dropFirst()) { isDrawing = scale > 0 }
                    let digits = command.drop { "kKfo".contains($0) }
                    guard command.lowercased().hasPrefix("k"), let length = Double(digits.trimmed) else { continue }
                    lines[lines.count - 1].beginWord(at: karaoke)
                    karaoke += max(0, length) / 100
                }
                unread = unread[unread.index(after: close)...]
                continue
            }
            unread.removeFirst()
            if character == "\\", let command = unread.first, "Nnh".contains(command) {
                unread.removeFirst()
                if command == "N" { lines.append(TimedLine()) } else { lines[lines.count - 1].text += " " }
            } else if !isDrawing {
                lines[lines.count - 1].text.append(character)
            }
        }
        return (lines.map(\.text), lines.enumerated().flatMap { $1.wordTimes(line: $0) })
    }
}

/// One subtitle of a track.
struct SubtitleEntry: Sendable, Hashable {
    /// Seconds.
    let start: Double
    let end: Double
    /// Plain, or the fields of a script's event after its times.
    let text: String
}
