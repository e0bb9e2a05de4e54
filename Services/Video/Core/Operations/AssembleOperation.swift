package import Contracts
package import Jobs
import Media
package import Primitives
import VideoAPI
import VideoText

/// `video.assemble`: a video from a timeline of clips, pictures, text and sound.
package enum AssembleOperation: Operation {
    package struct Parameters: DrawsVideo {
        package var timeline = JSONValue.null
        package var drawn = DrawnEncoding()
        package var writesTimeline = false
    }

    package static var name: String { VideoService.OperationName.assemble }
    package static var summary: String {
        "Makes a video from a timeline: clips, moving pictures, text, transitions, several tracks of sound, captions."
    }
    /// Whatever the timeline names.
    package static var inputs: InputRule { InputRule(.any, count: 0...200) }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(400) }
    package static let schema = Schema(Parameters()) {
        Field.document(
            "timeline", \.timeline, schema: Composition.documentSchema,
            "The timeline, or one of OpenTimelineIO. Files are named as the inputs are called.")
        Parameters.drawnFields
        Field.flag("write_otio", \.writesTimeline, "Whether the timeline is written for editing programs as well (OpenTimelineIO).")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The video, and the timeline for editing programs if wanted.",
            measurements: [
                "type": "object", "required": ["frames", "duration_seconds", "width", "height", "frame_rate"],
                "properties": [
                    "frames": ["type": "integer"], "duration_seconds": ["type": "number", "x-unit": "s"],
                    "width": ["type": "integer", "x-unit": "px"], "height": ["type": "integer", "x-unit": "px"],
                    "frame_rate": ["type": "number", "x-unit": "1/s"],
                    "frames_blended": ["type": "integer", "description": "Frames made of two pictures."],
                    "frames_repeated": ["type": "integer", "description": "Frames that look as the one before."],
                    "ducked_seconds": ["type": "number", "x-unit": "s"], "warnings": MissingLetters.schema,
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        let composition = try composition(parameters)
        try composition.checkFonts()
        try parameters.drawn.check()
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let composition = try composition(parameters)
        try composition.checkFonts()
        let assembler = try Assembler(composition, inputs: CompositionInput.find(composition, context.inputs))
        let container = parameters.drawn.file
        let file = JobOutput.File(name: "assembled." + container.fileExtension, mediaType: container.mediaType)
        try assembler.run(to: context.outputFolder + "/" + file.name, parameters.drawn) { context.report($0, "assembling") }
        var files = [file]
        if parameters.writesTimeline {
            let document = OpenTimeline.document(composition, plan: assembler.plan)
            files.append(
                try context.write(document.serialized(pretty: true), named: "assembled.otio", mediaType: "application/json"))
        }
        let (plan, canvas) = (assembler.plan, composition.canvas)
        return JobOutput(
            files: files,
            measurements: [
                "frames": JSONValue(plan.frames), "width": JSONValue(canvas.width), "height": JSONValue(canvas.height),
                "duration_seconds": .number((Double(plan.frames) / plan.rate.value).rounded(decimals: 3)),
                "frame_rate": .number(plan.rate.value.rounded(decimals: 4)), "frames_blended": JSONValue(assembler.blended),
                "frames_repeated": JSONValue(assembler.repeated),
                "ducked_seconds": .number(assembler.duckedSeconds.rounded(decimals: 3)), "warnings": assembler.missing.warnings,
            ])
    }

    /// The timeline that was given, in either form.
    private static func composition(_ parameters: Parameters) throws(CompositionError) -> Composition {
        guard parameters.timeline != .null else { throw CompositionError("", "is missing") }
        if parameters.timeline["OTIO_SCHEMA"] != nil { return try OpenTimeline.composition(parameters.timeline) }
        return try Composition(document: parameters.timeline)
    }
}
