package import Primitives

/// A way to write a transcript down.
package enum TranscriptFormat: String, Sendable, Hashable, CaseIterable {
    /// The studio's own document.
    case document
    case json
    case verboseJSON = "verbose_json"
    case diarizedJSON = "diarized_json"
    /// Captions, the text alone, and tab-separated values.
    case srt, vtt, text, tsv

    /// As `Content-Type` shows it.
    package var mediaType: String {
        switch self {
        case .document, .json, .verboseJSON, .diarizedJSON: "application/json"
        case .srt: "application/x-subrip"
        case .vtt: "text/vtt"
        case .text: "text/plain; charset=utf-8"
        case .tsv: "text/tab-separated-values"
        }
    }

    /// Without the dot.
    package var fileExtension: String {
        switch self {
        case .document, .json, .verboseJSON, .diarizedJSON: "json"
        case .srt: "srt"
        case .vtt: "vtt"
        case .text: "txt"
        case .tsv: "tsv"
        }
    }

    /// What a writer may be told.
    package struct Options: Sendable, Hashable {
        /// How captions are laid out; `nil` makes each segment one caption, as OpenAI's API does.
        package var layout: CaptionLayout?
        /// Whether VTT captions carry the time of each word.
        package var wordTimes = false
        /// What `verbose_json` shows.
        package var granularities: Set<OpenAITranscription.Granularity> = [.segment]
        /// What to call the speakers, by label.
        package var speakerNames: [String: String] = [:]

        /// - Parameter layout: as the property.
        package init(layout: CaptionLayout? = CaptionLayout()) {
            self.layout = layout
        }
    }

    /// The transcript in this format, as UTF-8.
    package func render(_ transcript: Transcript, options: Options = Options()) -> Bytes {
        switch self {
        case .document: return transcript.document.serialized()
        case .json: return OpenAITranscription(transcript).json.serialized()
        case .verboseJSON:
            return OpenAITranscription(transcript).verboseJSON(granularities: options.granularities).serialized()
        case .diarizedJSON: return OpenAITranscription(transcript).diarizedJSON(names: options.speakerNames).serialized()
        case .srt: return Bytes(SubRip.text(captions(transcript, options)).utf8)
        case .vtt: return Bytes(WebVTT.text(captions(transcript, options), wordTimes: options.wordTimes).utf8)
        case .text: return Bytes(PlainTranscript.text(transcript.calling(options.speakerNames)).utf8)
        case .tsv: return Bytes(TabSeparatedTranscript.text(transcript).utf8)
        }
    }

    private func captions(_ transcript: Transcript, _ options: Options) -> [Caption] {
        let named = transcript.calling(options.speakerNames)
        guard var layout = options.layout else { return named.segments.map(Caption.init(segment:)) }
        // VTT has voice spans of its own.
        if self == .vtt { layout.labelsSpeakers = false }
        return layout.captions(for: named)
    }
}

extension Transcript {
    /// The transcript with other labels for the speakers.
    fileprivate func calling(_ names: [String: String]) -> Transcript {
        guard !names.isEmpty else { return self }
        var copy = self
        for index in copy.segments.indices {
            copy.segments[index].speaker = copy.segments[index].speaker.map { names[$0] ?? $0 }
            for word in copy.segments[index].words.indices {
                let label = copy.segments[index].words[word].speaker
                copy.segments[index].words[word].speaker = label.map { names[$0] ?? $0 }
            }
        }
        return copy
    }
}
