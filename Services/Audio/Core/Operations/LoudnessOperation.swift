import AudioAPI
package import Contracts
package import Jobs
import Media
import Metering
import Primitives

/// `audio.loudness`: measures, changes nothing.
package enum LoudnessOperation: Operation {
    package struct Parameters: Sendable {
        package var isDualMono = false
    }

    package static var name: String { AudioService.OperationName.loudness }
    package static var summary: String {
        "Measures loudness (EBU R 128, ITU-R BS.1770): integrated, range, short-term and momentary maximum, true peak."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.flag("dual_mono", \.isDualMono, "Measures a single channel as heard from two loudspeakers (+3 LU).")
    }
    package static var output: OutputDescription {
        OutputDescription(measurements: [
            "type": "object", "required": ["loudness", "duration_seconds"],
            "properties": [
                "loudness": LoudnessMeasurement.schema,
                "duration_seconds": ["type": "number", "x-unit": "s"],
                "channels": ["type": "array", "items": ["enum": ["front", "surround", "dual-mono", "none"]]],
            ],
        ])
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try AudioSource(context.inputs[0])
        let format = source.planarFormat
        let roles = LoudnessChannel.roles(
            channels: format.channels, mask: format.channelMask, isDualMono: parameters.isDualMono)
        var meter = try ProgrammeMeter(channels: roles, sampleRate: format.sampleRate, detail: .summary)
        try source.decode(to: format, progress: context.progress("measuring")) { try meter.process($0.planes) }
        let seconds = Double(meter.frames) / Double(format.sampleRate)
        return JobOutput(measurements: [
            "loudness": try meter.finish().measurement.document,
            "duration_seconds": .number(seconds.rounded(decimals: 3)),
            "channels": .array(roles.map { .string($0.rawValue) }),
        ])
    }
}
