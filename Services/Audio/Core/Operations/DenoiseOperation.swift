import AudioAPI
package import Contracts
package import Jobs
import Media
package import Primitives

/// `audio.denoise`: speech without the noise around it.
package enum DenoiseOperation: Operation {
    package struct Parameters: WritesAudio {
        package var attenuation = 100.0
        package var model = ""
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.denoise }
    package static var summary: String {
        "Takes noise and hum out of speech with a neural network; where only the one for 16 kHz is installed, the result ends at 8 kHz."
    }
    package static var memory: ByteSize { .mib(200) }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.number(
            "attenuation_limit_db", \.attenuation, in: 3...100, unit: "dB",
            "The most that is taken away: 6 to 24 is gentle and keeps the room, 100 sets no limit.")
        Field.text("model", \.model, "The model, by its name; empty takes the one for the recording's sample rate.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The cleaned audio.",
            measurements: [
                "type": "object", "required": ["model", "bandwidth_hz", "output", "duration_seconds"],
                "properties": [
                    "model": ["type": "string"],
                    "bandwidth_hz": [
                        "type": "number", "x-unit": "Hz",
                        "description": "What the model works with and the result holds; higher sound of the recording is gone.",
                    ],
                    "output": AudioTarget.documentSchema,
                    "duration_seconds": ["type": "number", "x-unit": "s"],
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try model(parameters, ModelRegistry(folder: resources["models"] ?? ""), sampleRate: 48_000)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try AudioSource(context.inputs[0])
        let registry = try context.models()
        let model = try model(parameters, registry, sampleRate: source.format.sampleRate)
        let format = AudioFormat.planar(
            sampleRate: model.sampleRate, channels: source.format.channels, channelMask: source.format.channelMask)
        let filters = try filters(format.channels, model, registry, parameters.attenuation).map { AlignedFilter($0) }
        let target = try AudioTarget(parameters.output, source: source, isProcessed: true)
        let name = OutputName.derived(from: context.inputs[0].name, suffix: "clean", fileExtension: target.format.fileExtension)
        let writer = try PlanarWriter(target, format: format, name: name, in: context)
        try source.decode(to: format, progress: context.progress("removing noise")) { frame in
            try frame.requireFinite()
            try writer.write(zip(filters, frame.planes).map { try $0.push($1) })
        }
        try writer.write(filters.map { try $0.finish() })
        try writer.finish()
        return JobOutput(
            files: [writer.file],
            measurements: [
                "model": .string(model.name),
                "bandwidth_hz": .number(Double(min(model.sampleRate, source.format.sampleRate)) / 2), "output": writer.document,
                "duration_seconds": .number(writer.seconds.rounded(decimals: 3)),
            ])
    }

    /// Telephone and voice-memo rates have nothing above 8 kHz that the larger network could use.
    private static func model(
        _ parameters: Parameters, _ registry: ModelRegistry, sampleRate: Int
    ) throws(AudioError) -> InstalledModel {
        let name = parameters.model.isEmpty ? nil : parameters.model
        return try registry.model(for: .denoise, named: name, fallback: sampleRate <= 16_000 ? "gtcrn" : "deepfilternet3")
    }

    /// One for each channel.
    private static func filters(
        _ count: Int, _ model: InstalledModel, _ registry: ModelRegistry, _ attenuation: Double
    ) throws -> [any NoiseFilter] {
        switch model.engine {
        case "deepfilternet":
            let (archive, library) = (try DeepFilterArchive(model), registry.folder + "/engine/deepfilter/lib/libdeepfilter.so")
            return try (0..<count).map { _ in try DeepFilter(model, archive, library: library, attenuation: attenuation) }
        case "gtcrn":
            return try (0..<count).map { _ in try GTCRNFilter(model, options: registry.options(), attenuation: attenuation) }
        default: throw AudioError.modelUnfit(model.name, "the engine \(model.engine) is not known here")
        }
    }
}
