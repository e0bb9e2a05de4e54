import AudioAPI
import AudioEdit
package import Contracts
package import Jobs
import Media
import Primitives

/// `audio.segments`: where in a recording there is speech, music, noise or silence.
package enum SegmentsOperation: Operation {
    package struct Parameters: Sendable {
        package var formats = "json,csv,audacity"
        package var shortest = 1.0
        package var silence = -60.0
    }

    package static var name: String { AudioService.OperationName.segments }
    package static var summary: String { "Marks where a recording holds speech, music, noise and silence." }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.text(
            "formats", \.formats,
            "What to write, separated by commas: " + SegmentFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        Field.number("minimum_duration_s", \.shortest, in: 0.25...60, unit: "s", "How long a segment lasts at least.")
        Field.number("silence_threshold_db", \.silence, in: -100 ... -20, unit: "dBFS", "What is under it is silence.")
    }
    package static var output: OutputDescription {
        let kinds = SegmentKind.allCases.map(\.rawValue)
        let seconds: JSONValue = ["type": "number", "x-unit": "s"]
        return OutputDescription(
            files: "One file for each format.",
            measurements: [
                "type": "object", "required": ["duration_seconds", "segments", "seconds_by_kind"],
                "properties": [
                    "duration_seconds": seconds,
                    "segments": ["type": "integer"],
                    "seconds_by_kind": [
                        "type": "object",
                        "properties": .object(Dictionary(uniqueKeysWithValues: kinds.map { ($0, seconds) })),
                    ],
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try FormatList<SegmentFormat>(parameters.formats)
        _ = try ModelRegistry(folder: resources["models"] ?? "").model(for: .vad, fallback: "silero-vad")
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let formats = try FormatList<SegmentFormat>(parameters.formats).formats
        let source = try AudioSource(context.inputs[0])
        let speech = try context.requiredSpeechTrack()
        var settings = SegmentMarker.Settings()
        (settings.shortest, settings.silence) = (parameters.shortest, parameters.silence)
        let marker = try SegmentMarker(settings)
        try source.decode(progress: context.progress("listening")) { frame in
            try speech.push(frame) { try marker.process($0, speech: $1) }
        }
        _ = try speech.finish { try marker.process($0, speech: $1) }
        let segments = try marker.finish().map { segment in
            var segment = segment
            (segment.start, segment.end) = (source.offset + segment.start, source.offset + segment.end)
            return segment
        }
        let files = try formats.map { format in
            let name = OutputName.derived(
                from: context.inputs[0].name, suffix: format == .audacity ? "labels" : "segments",
                fileExtension: format.fileExtension)
            return try context.write(format.render(segments), named: name, mediaType: format.mediaType)
        }
        let seconds = SegmentKind.allCases.map { kind -> (String, JSONValue) in
            let sum = segments.reduce(0) { $0 + ($1.kind == kind ? $1.end - $1.start : 0) }
            return (kind.rawValue, .number(sum.rounded(decimals: 3)))
        }
        return JobOutput(
            files: files,
            measurements: [
                "duration_seconds": .number((segments.last?.end ?? 0).rounded(decimals: 3)),
                "segments": JSONValue(segments.count),
                "seconds_by_kind": .object(Dictionary(uniqueKeysWithValues: seconds)),
            ])
    }
}
