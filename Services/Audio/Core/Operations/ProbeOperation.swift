import AudioAPI
package import Contracts
package import Jobs
import Media
import Metering
import Primitives

/// `audio.probe`: what a file is made of and what it sounds like, in numbers.
package enum ProbeOperation: Operation {
    package struct Parameters: Sendable {
        package var waveformPoints = 800
        package var measuresLoudness = true
    }

    package static var name: String { AudioService.OperationName.probe }
    package static var summary: String { "Shows format, streams, duration, tags, a loudness summary and the waveform's outline." }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        // Results travel as messages of at most 64 KiB: 4000 points take 24.
        Field.integer("waveform_points", \.waveformPoints, in: 0...4000, "How many points the outline has; 0 for none.")
        Field.flag("loudness", \.measuresLoudness, "Whether loudness and true peak are measured.")
    }
    package static var output: OutputDescription { OutputDescription(measurements: ProbeDocument.schema) }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let reader = try MediaReader(path: context.inputs[0].path)
        var document = ProbeDocument.make(reader.info, reader.coverArt)
        if !reader.info.audio.isEmpty { try listen(parameters, context, &document) }
        return JobOutput(measurements: .object(document))
    }

    private static func listen(
        _ parameters: Parameters, _ context: JobContext, _ document: inout [String: JSONValue]
    ) throws {
        guard parameters.measuresLoudness || parameters.waveformPoints > 0 else { return }
        let source = try AudioSource(context.inputs[0])
        let format = source.planarFormat
        var meter = try parameters.measuresLoudness ? ProgrammeMeter(format, isDualMono: false, detail: .summary) : nil
        var waveform = WaveformPeaks()
        var frames = 0
        try source.decode(to: format, progress: context.progress("listening")) { frame in
            frames += frame.frameCount
            if parameters.waveformPoints > 0 { waveform.process(frame.planes) }
            try meter?.process(frame.planes)
        }
        // What was decoded is the truth; headers may only guess.
        document["duration_seconds"] = .number((Double(frames) / Double(format.sampleRate)).rounded(decimals: 3))
        if let measurement = try meter.take()?.finish().measurement { document["loudness"] = measurement.document }
        if parameters.waveformPoints > 0 {
            let peaks = waveform.points(parameters.waveformPoints)
            document["waveform"] = ["peaks": .array(peaks.map { .number(Double($0).rounded(decimals: 3)) })]
        }
    }
}
