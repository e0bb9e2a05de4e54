package import Primitives

/// A way to write chapters down.
package enum ChapterFormat: String, Sendable, Hashable, CaseIterable {
    /// The studio's own document.
    case document
    /// The JSON chapters of Podcasting 2.0 (Podcast Namespace, jsonChapters 1.2).
    case podcasting
    /// A WebVTT file of kind chapters (W3C, WebVTT).
    case vtt
    /// FFmpeg's metadata text (ffmpeg-formats, "Metadata").
    case ffmetadata

    /// As `Content-Type` shows it.
    package var mediaType: String {
        switch self {
        case .document: "application/json"
        case .podcasting: "application/json+chapters"
        case .vtt: "text/vtt"
        case .ffmetadata: "text/plain; charset=utf-8"
        }
    }

    /// Without the dot.
    package var fileExtension: String {
        switch self {
        case .document, .podcasting: "json"
        case .vtt: "vtt"
        case .ffmetadata: "txt"
        }
    }

    /// The chapters in this format, as UTF-8.
    package func render(_ chapters: [Chapter]) -> Bytes {
        switch self {
        case .document:
            return JSONValue.object(["chapters": .array(chapters.map(\.document))]).serialized(pretty: true)
        case .podcasting:
            let list = chapters.map { chapter -> JSONValue in
                [
                    "startTime": .number(chapter.start.rounded(decimals: 3)), "endTime": .number(chapter.end.rounded(decimals: 3)),
                    "title": .string(chapter.title),
                ]
            }
            return JSONValue.object(["version": "1.2.0", "chapters": .array(list)]).serialized(pretty: true)
        case .vtt:
            let cues = chapters.enumerated().map { index, chapter in
                "\(index + 1)\n\(Self.clock(chapter.start)) --> \(Self.clock(chapter.end))\n\(Self.cueText(chapter.title))\n"
            }
            return Bytes((["WEBVTT\n"] + cues).joined(separator: "\n").utf8)
        case .ffmetadata:
            let entries = chapters.map { chapter in
                """
                [CHAPTER]
                TIMEBASE=1/1000
                START=\(Int(clamping: (chapter.start * 1000).rounded()))
                END=\(Int(clamping: (chapter.end * 1000).rounded()))
                title=\(Self.escaped(chapter.title))

                """
            }
            return Bytes(([";FFMETADATA1\n"] + entries).joined().utf8)
        }
    }

    private static func clock(_ seconds: Double) -> String {
        let milliseconds = Int(clamping: (max(0, seconds) * 1000).rounded())
        func padded(_ number: Int, _ digits: Int) -> String {
            String(repeating: "0", count: max(0, digits - "\(number)".count)) + "\(number)"
        }
        return [milliseconds / 3_600_000, milliseconds / 60_000 % 60].map { padded($0, 2) + ":" }.joined()
            + padded(milliseconds / 1000 % 60, 2) + "." + padded(milliseconds % 1000, 3)
    }

    /// A title as cue text: on one line, without what would be markup.
    private static func cueText(_ title: String) -> String {
        title.split(whereSeparator: \.isNewline).joined(separator: " ").map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(character)
            }
        }.joined()
    }

    /// A value with a backslash before what has a meaning.
    private static func escaped(_ title: String) -> String {
        title.map { "=;#\\\n".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
