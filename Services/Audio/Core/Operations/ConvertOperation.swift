import AudioAPI
package import Contracts
package import Jobs
import Media
import Primitives

/// `audio.convert`: the same sound in another format; tags, chapters and cover art come along.
package enum ConvertOperation: Operation {
    package struct Parameters: WritesAudio {
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.convert }
    package static var summary: String {
        "Converts audio to WAV, MP3, FLAC, AAC (M4A), Ogg Vorbis or Opus; keeps tags, chapters and cover art."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) { Parameters.outputFields }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The converted audio.",
            measurements: [
                "type": "object", "required": ["output", "duration_seconds"],
                "properties": ["output": AudioTarget.documentSchema, "duration_seconds": ["type": "number", "x-unit": "s"]],
            ])
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try AudioSource(context.inputs[0])
        let target = try AudioTarget(parameters.output, source: source, isProcessed: false)
        let name = OutputName.derived(from: context.inputs[0].name, suffix: nil, fileExtension: target.format.fileExtension)
        let writer = try AudioWriter(path: context.outputFolder + "/" + name, target: target)
        try source.decode(progress: context.progress("converting")) { try writer.write($0) }
        try writer.finish()
        let seconds = Double(writer.framesWritten) / Double(target.sampleRate)
        return JobOutput(
            files: [.init(name: name, mediaType: target.format.mediaType)],
            measurements: ["output": writer.document, "duration_seconds": .number(seconds.rounded(decimals: 3))])
    }
}
