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
        var (section, fields): (Substring, [String]) = ("", [])
        var head: [Substring] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("[") { section = line.prefix { $0 != "]" }.dropFirst() }
            let isEvent = line.hasPrefix("Dialogue:") || line.hasPrefix("Comment:")
            if !isEvent, section.lowercased() != "fonts", section.lowercased() != "graphics" { head.append(line) }
            guard let colon = line.firstIndex(of: ":"), !line.hasPrefix(";") else { continue }
            let rest = line[line.index(after: colon)...]
            switch (section.lowercased(), line[..<colon]) {
            case ("events", "Format"), ("v4+ styles", "Format"), ("v4 styles", "Format"):
                fields = rest.split(separator: ",").map { $0.trimmed.lowercased() }
            case ("v4+ styles", "Style"), ("v4 styles", "Style"):
                let values = Self.values(rest, count: fields.count)
                if let font = fields.firstIndex(of: "fontname"), font < values.count { addFont(values[font]) }
            case ("events", "Dialogue"):
                try read(Self.values(rest, count: fields.count), fields, line: index + 1)
            default: break
            }
        }
        captions.sort { $0.start < $1.start }
        entries.sort { $0.start < $1.start }
        header = head.joined(separator: "\n") + "\n"
    }

    private static func values(_ text: Substring, count: Int) -> [String] {
        text.split(separator: ",", maxSplits: max(0, count - 1), omittingEmptySubsequences: false).map(\.trimmed)
    }

    private mutating func addFont(_ name: String) {
        // "@" asks for vertical writing.
        let name = name.hasPrefix("@") ? String(name.dropFirst()) : name
        if !name.isEmpty { fonts.insert(name) }
    }

    private mutating func read(_ values: [String], _ fields: [String], line: Int) throws(CaptionFileError) {
        func value(_ name: String) -> String? { fields.firstIndex(of: name).flatMap { $0 < values.count ? values[$0] : nil } }
        guard let text = value("text") else { throw .badLine(line, "the event has fewer fields than its format") }
        guard let start = value("start").flatMap(CaptionTime.init(parsing:)),
            let end = value("end").flatMap(CaptionTime.init(parsing:))
        else { throw .badLine(line, "the event has no times such as 0:00:01.00") }
        guard start.milliseconds <= end.milliseconds else { throw .badLine(line, "the event ends before it starts") }
        var caption = Caption(start: start.seconds, end: end.seconds, lines: [""])
        var (karaoke, isDrawing, unread) = (start.seconds, false, text[...])
        while let character = unread.first {
            if character == "{", let close = unread.firstIndex(of: "}") {
                for command in unread[unread.index(after: unread.startIndex)..<close].split(separator: "\\") {
                    if command.hasPrefix("fn") { addFont(command.dropFirst(2).trimmed) }
                    if command.hasPrefix("p"), let scale = Int(command.dropFirst()) { isDrawing = scale > 0 }
                    let digits = command.drop { "kKfo".contains($0) }
                    guard command.lowercased().hasPrefix("k"), let length = Double(digits.trimmed) else { continue }
                    let place = (caption.lines.count - 1, caption.lines[caption.lines.count - 1].count)
                    caption.wordTimes.append(Caption.WordTime(line: place.0, offset: place.1, start: karaoke))
                    karaoke += max(0, length) / 100
                }
                unread = unread[unread.index(after: close)...]
                continue
            }
            unread.removeFirst()
            if character == "\\", let command = unread.first, "Nnh".contains(command) {
                unread.removeFirst()
                if command == "N" { caption.lines.append("") } else { caption.lines[caption.lines.count - 1] += " " }
            } else if !isDrawing {
                caption.lines[caption.lines.count - 1].append(character)
            }
        }
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
}

/// One subtitle of a track.
struct SubtitleEntry: Sendable, Hashable {
    /// Seconds.
    let start: Double
    let end: Double
    /// Plain, or the fields of a script's event after its times.
    let text: String
}
