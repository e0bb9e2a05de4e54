import AudioAPI
package import Contracts
package import Jobs
import Inference
import Media
package import Primitives

/// `audio.separate`: voices and instruments as files of their own.
package enum SeparateOperation: Operation {
    /// Which files are made.
    package enum Stems: String, Sendable, CaseIterable {
        case two = "2"
        case four = "4"
    }

    /// One stem alone, or all.
    package enum Selection: String, Sendable, CaseIterable {
        case all, vocals, accompaniment, drums, bass, other
    }

    package struct Parameters: WritesAudio {
        package var stems = Stems.two
        package var selection = Selection.all
        package var model = ""
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.separate }
    package static var summary: String {
        "Separates vocals from music with a neural network; four stems by a network that knows them, else by signal processing."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static var memory: ByteSize { .mib(600) }
    package static func memory(_ parameters: Parameters, resources: [String: String]) throws -> ByteSize {
        let model = try plan(parameters, ModelRegistry(folder: resources["models"] ?? "")).model
        return max(memory, model.memory(base: .mib(400)))
    }
    package static let schema = Schema(Parameters()) {
        Field.choice("stems", \.stems, "2: vocals and accompaniment. 4: vocals, drums, bass and other.")
        Field.choice("only", \.selection, "Writes one stem alone.")
        Field.text("model", \.model, "The model, by its name in the list of installed models; empty takes the installed one.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "One file for each stem; together they sum to the input.",
            measurements: [
                "type": "object", "required": ["stems", "model", "duration_seconds"],
                "properties": [
                    "stems": [
                        "type": "array",
                        "items": [
                            "type": "object",
                            "properties": ["name": ["type": "string"], "file": ["type": "string"], "method": ["type": "string"]],
                        ],
                    ],
                    "model": ["type": "string"], "duration_seconds": ["type": "number", "x-unit": "s"],
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        let names = try plan(parameters, ModelRegistry(folder: resources["models"] ?? "")).plan.stems
        guard parameters.selection == .all || names.contains(parameters.selection.rawValue) else {
            throw AudioError.outputSetting(
                "\(parameters.stems.rawValue) stems have no \(parameters.selection.rawValue): choose one of "
                    + names.joined(separator: ", "))
        }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let registry = try context.models()
        let (model, plan) = try plan(parameters, registry)
        let source = try AudioSource(context.inputs[0])
        let separation = try StemSeparation(source: source, model: model, plan: plan, registry: registry)
        let wanted = plan.stems.enumerated().filter {
            parameters.selection == .all || $0.element == parameters.selection.rawValue
        }
        var files: [JobOutput.File] = []
        var outputs: [(stem: Int, writer: PlanarWriter)] = []
        var settings = parameters.output
        settings.channels = settings.channels ?? 2
        for (index, stem) in wanted {
            var target = try AudioTarget(settings, source: source, isProcessed: true)
            target.tags["title"] = target.tags["title"].map { "\($0) (\(stem))" }
            let name = OutputName.derived(
                from: context.inputs[0].name, suffix: stem, fileExtension: target.format.fileExtension)
            let writer = try PlanarWriter(target, format: separation.format, name: name, in: context)
            files.append(writer.file)
            outputs.append((index, writer))
        }
        try separation.run(progress: context.progress("separating")) { stems in
            for (index, writer) in outputs { try writer.write(stems[index]) }
        }
        for (_, writer) in outputs { try writer.finish() }
        let stems = zip(wanted, files).map { stem, file in
            JSONValue.object([
                "name": .string(stem.element), "file": .string(file.name),
                "method": .string(plan.method(of: stem.element)),
            ])
        }
        return JobOutput(
            files: files,
            measurements: [
                "stems": .array(stems), "model": .string(model.name),
                "duration_seconds": .number(separation.seconds.rounded(decimals: 3)),
            ])
    }

    /// The model and what it does. Without a name, four stems prefer a network that knows them.
    private static func plan(
        _ parameters: Parameters, _ registry: ModelRegistry
    ) throws(AudioError) -> (model: InstalledModel, plan: StemPlan) {
        let hasFourStems = parameters.stems == .four
        var name = parameters.model.isEmpty ? nil : parameters.model
        if name == nil && hasFourStems {
            name = registry.models.first { $0.task == .separate && StemPlan.hasFourStems($0) }?.name
        }
        let model = try registry.model(for: .separate, named: name, fallback: "spleeter-2stems")
        return (model, try StemPlan(model, hasFourStems: hasFourStems))
    }
}
