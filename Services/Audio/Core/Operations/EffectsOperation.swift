import AudioAPI
import AudioEdit
import AudioEffects
package import Contracts
import FoundationEssentials
package import Jobs
import Media
package import Primitives

/// `audio.effects`: a chain of effects over a file, or a preview of a part of it.
package enum EffectsOperation: Operation {
    package struct Parameters: WritesAudio {
        package var chain = JSONValue.null
        package var preset = ""
        package var start: Double?
        package var duration: Double?
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.effects }
    package static var summary: String {
        "Runs audio through a chain of effects: equaliser, dynamics, reverb, delay, modulation, pitch, time, fades and more."
    }
    /// 2: what leaves nothing to hear is refused; previews behind the end are of the tail.
    package static var version: Int { 2 }
    /// The recording, then impulse responses that the chain names.
    package static var inputs: InputRule { InputRule(.media, count: 1...9) }
    package static let schema = Schema(Parameters()) {
        Field.document(
            "chain", \.chain, schema: EffectChain.jsonSchema, "The effects in order, with their parameters and automation.")
        Field.text("preset", \.preset, maximumLength: 64, "A chain that comes with the studio, for example podcast-voice.")
        Field.number(
            "start_s", \.start, in: 0...360_000, unit: "s",
            "Where a preview begins; without it the whole file is rendered. Chains with trim, time_stretch or silence_removal are run "
                + "from the file's beginning up to there, which takes longer the later it is.")
        Field.number("duration_s", \.duration, in: 0.1...600, unit: "s", "How long the preview is; 10 seconds by default.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The processed audio.",
            measurements: [
                "type": "object", "required": ["effects", "output", "duration_seconds", "replaced_samples"],
                "properties": [
                    "effects": ["type": "integer"], "output": AudioTarget.documentSchema,
                    "duration_seconds": ["type": "number", "x-unit": "s"],
                    "replaced_samples": ["type": "integer", "description": "Samples that were infinite or no numbers."],
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try chain(parameters, presets: resources["presets"] ?? "")
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let (chain, document) = try chain(parameters, presets: context.resources["presets"] ?? "")
        let source = try AudioSource(context.inputs[0])
        let rate = chain.sampleRate ?? source.format.sampleRate
        let format = AudioFormat.planar(
            sampleRate: rate, channels: source.format.channels, channelMask: source.format.channelMask)
        let impulses = try impulses(of: chain, context, sampleRate: rate)
        let rendering = try EffectRendering(
            source: source, format: format, chain: chain, impulses: impulses, range: range(parameters, sampleRate: rate))
        var settings = parameters.output
        settings.sampleRate = settings.sampleRate ?? (rate == source.format.sampleRate ? nil : rate)
        settings.channels = settings.channels ?? rendering.outputFormat.channels
        let target = try AudioTarget(settings, source: source, isProcessed: true)
        let name = OutputName.derived(from: context.inputs[0].name, suffix: "effects", fileExtension: target.format.fileExtension)
        let writer = try PlanarWriter(target, format: rendering.outputFormat, name: name, in: context)
        try rendering.run(progress: context.progress("rendering")) { try writer.write($0) }
        guard writer.frames > 0 else { throw nothing(parameters) }
        try writer.finish()
        return JobOutput(
            files: [writer.file],
            measurements: [
                "effects": JSONValue(document["effects"]?.arrayValue?.count ?? 0), "output": writer.document,
                "duration_seconds": .number(writer.seconds.rounded(decimals: 3)),
                "replaced_samples": JSONValue(rendering.replacedSamples),
            ])
    }

    /// The chain that was given or named.
    private static func chain(_ parameters: Parameters, presets: String) throws -> (EffectChain, JSONValue) {
        switch (parameters.chain, parameters.preset) {
        case (.null, ""): throw AudioError.outputSetting("give a chain or a preset")
        case (.null, let name):
            let folder = presets + "/effects"
            let known = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".json") }
                .map { String($0.dropLast(5)) }.sorted()
            guard known.contains(name), let data = FileManager.default.contents(atPath: "\(folder)/\(name).json") else {
                throw AudioError.outputSetting("there is no preset \(name); there are: \(known.joined(separator: ", "))")
            }
            let document = try JSONValue(parsing: Bytes(data))
            return (try EffectChain(document), document)
        case (let document, ""): return (try EffectChain(document), document)
        default: throw AudioError.outputSetting("give either a chain or a preset, not both")
        }
    }

    private static func nothing(_ parameters: Parameters) -> any CodedError {
        guard let start = parameters.start, start > 0 else { return EditError.nothingLeft }
        return AudioError.outputSetting("the preview begins at \(start) s, where the result has ended")
    }

    private static func range(_ parameters: Parameters, sampleRate: Int) -> Range<Int>? {
        guard parameters.start != nil || parameters.duration != nil else { return nil }
        let first = Int((parameters.start ?? 0) * Double(sampleRate))
        return first..<first + Int((parameters.duration ?? 10) * Double(sampleRate))
    }

    /// The further inputs by the names that the chain uses: the file's own name, with or without its extension.
    private static func impulses(
        of chain: EffectChain, _ context: JobContext, sampleRate: Int
    ) throws -> [String: ImpulseResponse] {
        var impulses: [String: ImpulseResponse] = [:]
        for name in chain.impulses {
            let files = context.inputs.dropFirst()
            guard let file = files.first(where: { $0.name == name || $0.name.hasPrefix(name + ".") }) else {
                throw AudioError.outputSetting("the chain names the impulse response \(name), which is not among the inputs")
            }
            let source = try AudioSource(file)
            let format = AudioFormat.planar(
                sampleRate: sampleRate, channels: source.format.channels, channelMask: source.format.channelMask)
            var planes = [[Float]](repeating: [], count: format.channels)
            // A little too much is enough to be refused.
            let longest = Int(EffectChain.longestImpulse * Double(sampleRate))
            try source.decode(to: format, from: 0, truncation: .reject, progress: { _ in }) { frame in
                for channel in planes.indices { planes[channel] += frame.planes[channel] }
                return planes[0].count <= longest
            }
            impulses[name] = ImpulseResponse(sampleRate: Double(sampleRate), channels: planes)
        }
        return impulses
    }
}
