import AudioAPI
import AudioText
package import Contracts
package import Jobs
import Media
package import Primitives

/// `audio.chapters`: chapters by what is spoken about.
package enum ChaptersOperation: Operation {
    package struct Parameters: WritesAudio, ReadsTranscript {
        package var transcript = JSONValue.null
        package var model = ""
        package var language = ""
        package var shortest = 60.0
        package var limit = 50
        package var formats = "document,podcasting,vtt,ffmetadata"
        package var writesAudio = false
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.chapters }
    package static var summary: String {
        "Divides a recording, or its transcript, into chapters by topic and names them."
    }
    /// A transcript needs no recording.
    package static var inputs: InputRule { InputRule(.media, count: 0...1) }
    package static var memory: ByteSize { .mib(800) }
    package static func memory(_ parameters: Parameters, resources: [String: String]) throws -> ByteSize {
        parameters.transcript == .null ? try parameters.recognitionMemory(resources, beams: 1) : AnyOperation.usualMemory
    }
    package static let schema = Schema(Parameters()) {
        Parameters.transcriptFields
        Field.number("minimum_duration_s", \.shortest, in: 5...3600, unit: "s", "How long a chapter lasts at least.")
        Field.integer("maximum_count", \.limit, in: 1...200, "How many chapters there are at most.")
        Field.text(
            "formats", \.formats,
            "What to write, separated by commas: " + ChapterFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        Field.flag("write_audio", \.writesAudio, "Writes the recording anew with its chapters in it; it is encoded again.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "One file for each format, and the recording when asked for.",
            measurements: [
                "type": "object", "required": ["chapters", "duration_seconds", "language"],
                "properties": [
                    "chapters": [
                        "type": "array",
                        "items": [
                            "type": "object",
                            "properties": [
                                "start_seconds": ["type": "number", "x-unit": "s"],
                                "end_seconds": ["type": "number", "x-unit": "s"], "title": ["type": "string"],
                            ],
                        ],
                    ],
                    "duration_seconds": ["type": "number", "x-unit": "s"], "language": ["type": ["string", "null"]],
                    "output": AudioTarget.documentSchema,
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try FormatList<ChapterFormat>(parameters.formats)
        try parameters.checkTranscript(resources: resources)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let formats = try FormatList<ChapterFormat>(parameters.formats).formats
        let source = try context.inputs.first.map { (input) throws in try AudioSource(input) }
        guard source != nil || parameters.transcript != .null else {
            throw AudioError.outputSetting("give a recording or a transcript")
        }
        guard source != nil || !parameters.writesAudio else {
            throw AudioError.outputSetting("write_audio needs a recording: give one as the input")
        }
        let share = parameters.writesAudio ? 0.8 : 1
        let transcript =
            if let source {
                try parameters.readTranscript(of: source, in: context) { context.report(share * $0, "transcribing") }
            } else {
                try Transcript(document: parameters.transcript)
            }
        let chapters = ChapterPlanner(shortest: parameters.shortest, limit: parameters.limit).chapters(of: transcript)
        let name = context.inputs.first?.name ?? "transcript"
        var files = try formats.map { format in
            let name = OutputName.derived(from: name, suffix: format.suffix, fileExtension: format.fileExtension)
            return try context.write(Bytes(format.render(chapters)), named: name, mediaType: format.mediaType)
        }
        var measurements: [String: JSONValue] = [
            "chapters": .array(chapters.map(\.document)), "language": JSONValue(transcript.language),
            "duration_seconds": .number(transcript.duration.rounded(decimals: 3)),
        ]
        if let source, parameters.writesAudio {
            var target = try AudioTarget(parameters.output, source: source, isProcessed: false)
            // Sound alone begins with its first sample.
            target.chapters = chapters.map {
                .init(start: max(0, $0.start - source.offset), end: max(0, $0.end - source.offset), title: $0.title)
            }
            let (file, document) = try write(source, target, context)
            files.append(file)
            measurements["output"] = document
        }
        return JobOutput(files: files, measurements: .object(measurements))
    }

    private static func write(
        _ source: AudioSource, _ target: AudioTarget, _ context: JobContext
    ) throws -> (JobOutput.File, document: JSONValue) {
        let name = OutputName.derived(
            from: context.inputs[0].name, suffix: "chapters", fileExtension: target.format.fileExtension)
        let writer = try AudioWriter(path: context.outputFolder + "/" + name, target: target)
        try source.decode(progress: { context.report(0.8 + 0.2 * $0, "writing") }) { try writer.write($0) }
        try writer.finish()
        return (JobOutput.File(name: name, mediaType: target.format.mediaType), writer.document)
    }
}

extension ChapterFormat {
    /// Tells the files of one recording apart.
    fileprivate var suffix: String {
        switch self {
        case .document, .vtt: "chapters"
        case .podcasting: "podcast-chapters"
        case .ffmetadata: "ffmetadata"
        }
    }
}
