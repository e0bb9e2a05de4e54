package import Primitives

/// The bodies of OpenAI's `/v1/audio/transcriptions` and `/v1/audio/translations`.
/// Source: OpenAI API reference, "The transcription object", "… (Verbose JSON)" and "… (Diarized JSON)".
package struct OpenAITranscription: Sendable {
    /// What times `verbose_json` shows: `timestamp_granularities[]`.
    package enum Granularity: String, Sendable, Hashable, CaseIterable {
        case word, segment
    }

    /// What is shown.
    package var transcript: Transcript

    /// - Parameter transcript: what to show.
    package init(_ transcript: Transcript) {
        self.transcript = transcript
    }

    /// `response_format=json`.
    package var json: JSONValue { ["text": .string(transcript.text), "usage": usage] }

    /// `response_format=verbose_json`. Measures that the engine does not tell are 0, since the API has no other value for them.
    /// - Parameter granularities: which times to show; only what is named is there.
    package func verboseJSON(granularities: Set<Granularity> = [.segment]) -> JSONValue {
        var members: [String: JSONValue] = [
            "task": .string(transcript.task.rawValue), "duration": .number(transcript.duration),
            "language": .string(transcript.textLanguage.map { SpokenLanguage.name(ofCode: $0) ?? $0 } ?? "unknown"),
            "text": .string(transcript.text), "usage": usage,
        ]
        if granularities.contains(.segment) { members["segments"] = .array(transcript.segments.map(verbose)) }
        if granularities.contains(.word) {
            members["words"] = .array(
                transcript.words.map { ["word": .string($0.text), "start": .number($0.start), "end": .number($0.end)] })
        }
        return .object(members)
    }

    /// `response_format=diarized_json`.
    /// - Parameter names: what to call the speakers, by label; the others become A, B, … in the order in which they speak.
    ///   Segments without a label count as one speaker more.
    package func diarizedJSON(names: [String: String] = [:]) -> JSONValue {
        var shown = names
        var unnamed = 0
        var turns: [String] = []
        var lastSpeaker: String?
        var segments: [JSONValue] = []
        for segment in transcript.segments {
            let label = segment.speaker ?? ""
            let speaker = shown[label] ?? Self.letters(unnamed)
            if shown.updateValue(speaker, forKey: label) == nil { unnamed += 1 }
            if speaker == lastSpeaker {
                turns[turns.count - 1] += (segment.hasLeadingSpace ? " " : "") + segment.text
            } else {
                turns.append("\(speaker): \(segment.text)")
            }
            lastSpeaker = speaker
            segments.append([
                "type": "transcript.text.segment", "id": .string("seg_\(segments.count + 1)"), "start": .number(segment.start),
                "end": .number(segment.end), "text": .string(segment.text), "speaker": .string(speaker),
            ])
        }
        return [
            "task": "transcribe", "duration": .number(transcript.duration), "text": .string(turns.joined(separator: "\n")),
            "segments": .array(segments), "usage": usage,
        ]
    }

    private var usage: JSONValue {
        ["type": "duration", "seconds": .integer((CaptionTime(seconds: transcript.duration).milliseconds + 999) / 1000)]
    }

    private func verbose(_ segment: TranscriptSegment) -> JSONValue {
        [
            "id": JSONValue(segment.id),
            // Whisper counts the place of its 30-second window in frames of 10 ms.
            "seek": .integer(CaptionTime(seconds: segment.start).milliseconds / 10),
            "start": .number(segment.start), "end": .number(segment.end),
            "text": .string((segment.hasLeadingSpace ? " " : "") + segment.text),
            "tokens": .array(segment.tokens.map { .integer(Int64($0)) }), "temperature": .number(segment.temperature ?? 0),
            "avg_logprob": .number(segment.averageLogProbability ?? 0),
            "compression_ratio": .number(segment.compressionRatio ?? 0),
            "no_speech_prob": .number(segment.noSpeechProbability ?? 0),
        ]
    }

    /// A, B, … Z, AA, AB, …
    private static func letters(_ index: Int) -> String {
        let last = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? last : letters(index / 26 - 1) + last
    }
}
