package import AudioAPI
import FoundationEssentials
import Glibc
import Media
package import Primitives

/// Captions as a person hands them in.
package struct CaptionSource: Sendable {
    /// The forms that are read.
    package enum Form: String, Sendable { case subRip = "srt", webVTT = "vtt", subStation = "ass", transcript }

    /// Bytes of the largest file that is read.
    package static let largest = 20_000_000

    package let form: Form
    /// In order of their starts, none without text, and none without a duration unless they are kept.
    package let captions: [Caption]
    /// The whole script where it is one.
    package let script: String?
    /// Up to its events.
    let scriptHeader: String?
    /// Its events.
    let scriptEntries: [SubtitleEntry]
    /// Fonts that a script names.
    let fonts: Set<String>
    /// The words where they were spoken.
    let transcript: Transcript?

    /// - Parameters:
    ///   - bytes: of a file in any of the forms; its content tells which.
    ///   - encoding: of its text.
    ///   - keepsInstants: whether captions stay that begin and end at once, which no player shows.
    /// - Throws: `CaptionFileError`, `CaptionError` naming the line, `TranscriptError`, `JSONError`.
    package init(_ bytes: Bytes, encoding: CaptionEncoding = .auto, keepsInstants: Bool = false) throws {
        let text = try encoding.text(bytes)
        let start = text.prefix(4000).trimmed
        if start.isEmpty { throw CaptionFileError.empty }
        if start.hasPrefix("{") {
            guard let document = try? JSONValue(parsing: Bytes(text.utf8)) else { throw CaptionFileError.notCaptions }
            try self.init(transcript: Transcript(document: document), keepsInstants: keepsInstants)
        } else if start.hasPrefix("[Script Info]") || start.contains("[V4+ Styles]") || start.contains("[Events]") {
            let read = try SubStationScript(text)
            try self.init(.subStation, read.captions, keepsInstants, script: text, read: read)
        } else if start.hasPrefix("WEBVTT") {
            try self.init(.webVTT, WebVTT.captions(from: Bytes(text.utf8)), keepsInstants)
        } else if start.contains("-->") {
            try self.init(.subRip, SubRip.captions(from: Bytes(text.utf8)), keepsInstants)
        } else {
            throw CaptionFileError.notCaptions
        }
    }

    /// - Parameters:
    ///   - path: of a file.
    ///   - most: bytes of it; nothing is read of a larger one.
    /// - Throws: as `init(_:encoding:)`; `MediaError.io`.
    init(path: String, encoding: CaptionEncoding, most: Int = Self.largest, keepsInstants: Bool = false) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw MediaError.io(-errno) }
        guard status.st_size <= most else { throw CaptionFileError.tooLarge(most: most) }
        guard let data = FileManager.default.contents(atPath: path) else { throw MediaError.io(-ENOENT) }
        try self.init(Bytes(data), encoding: encoding, keepsInstants: keepsInstants)
    }

    /// - Throws: `CaptionFileError.empty`.
    package init(transcript: Transcript, keepsInstants: Bool = false) throws(CaptionFileError) {
        try self.init(.transcript, transcript.segments.map(Caption.init(segment:)), keepsInstants, transcript: transcript)
    }

    private init(
        _ form: Form, _ captions: [Caption], _ keepsInstants: Bool, script: String? = nil, read: SubStationScript? = nil,
        transcript: Transcript? = nil
    ) throws(CaptionFileError) {
        let spoken = captions.filter {
            !$0.lines.allSatisfy { $0.allSatisfy(\.isWhitespace) } && (keepsInstants || $0.start < $0.end)
        }
        guard !spoken.isEmpty else { throw .empty }
        (self.form, self.captions) = (form, spoken.sorted { $0.start < $1.start })
        (self.script, self.transcript) = (script, transcript)
        (scriptHeader, scriptEntries, fonts) = (read?.header, read?.entries ?? [], read?.fonts ?? [])
    }

    /// When the last of them ends, or the recording of a transcript, seconds.
    var duration: Double { max(transcript?.duration ?? 0, captions.lazy.map(\.end).max() ?? 0) }

    /// The captions with lines that fit a layout. Those of a transcript are laid out as a whole; a file's own lines stay unless
    /// they are too wide or too many, and then their words are shared out anew.
    /// - Parameter breaksAnew: whether a file's own lines are given up as well.
    package func captions(_ layout: CaptionLayout, breaksAnew: Bool = false) -> [Caption] {
        if let transcript { return layout.captions(for: transcript) }
        let pieces = captions.flatMap { caption -> [Caption] in
            let fits =
                caption.lines.count <= layout.maximumLines
                && caption.lines.allSatisfy { $0.displayWidth <= layout.maximumLineWidth }
            guard breaksAnew || !fits else { return [caption] }
            // A layout lets the last one stand until it is read; here the file says until when.
            return layout.captions(for: caption.transcript).compactMap { piece in
                guard piece.start < caption.end else { return nil }
                var piece = piece
                piece.end = min(piece.end, caption.end)
                return piece
            }
        }
        // Pieces of one may come after the beginning of the next: people talk over each other.
        return pieces.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    }
}

extension Caption {
    /// The caption as what was said, its words with the times that are known.
    fileprivate var transcript: Transcript {
        var segment = TranscriptSegment(id: 0, start: start, end: end, text: text, speaker: speaker)
        if !wordTimes.isEmpty {
            let characters = lines.map(Array.init)
            for (index, time) in wordTimes.enumerated() {
                let next = index + 1 < wordTimes.count ? wordTimes[index + 1] : nil
                let line = characters[time.line]
                let last = next.flatMap { $0.line == time.line ? $0.offset : nil } ?? line.count
                let word = String(line[min(time.offset, line.count)..<max(min(last, line.count), min(time.offset, line.count))])
                guard !word.trimmed.isEmpty else { continue }
                let hasSpace = time.offset == 0 || line[time.offset - 1].isWhitespace || word.first?.isWhitespace ?? false
                segment.words.append(
                    TranscriptWord(
                        text: word.trimmed, hasLeadingSpace: hasSpace, start: time.start, end: max(time.start, next?.start ?? end)))
            }
            // Words that the times leave out, or begin after the caption's end, would be lost.
            if segment.words.contains(where: { $0.start >= end })
                || segment.words.joinedText.filter({ !$0.isWhitespace }) != text.filter({ !$0.isWhitespace })
            {
                segment.words = []
            }
        }
        return Transcript(duration: end, segments: [segment])
    }
}
