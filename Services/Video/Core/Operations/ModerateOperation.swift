import AudioAPI
package import Contracts
package import Jobs
package import Primitives
import VideoAPI

/// `video.moderate`: frames and captions rated by a language model through the gateway, held against a policy.
///
/// It has to reach the gateway and runs in the worker; the frames are taken by `video.frames` in a sandbox, which has neither network
/// nor key. What a killed attempt has paid for the gateway's cache gives to the next.
package enum ModerateOperation: Operation {
    package enum Frames: String, CaseIterable, Sendable {
        case every, scenes, none
    }

    package struct Parameters: Sendable {
        package var model = ""
        package var accessKey = ""
        package var frames = Frames.every
        package var interval = 5.0
        package var most = 500
        package var side = 512
        package var transcript = JSONValue.null
        package var categories = ModerationPolicy.usual
        package var threshold = 0.5
        package var policy = ""
        package var itemsPerCall = 4
        package var callsAtOnce = 4
        package var maximumTokens: Int?
        package var formats = CheckReport.Format.allCases.map(\.rawValue).joined(separator: ",")
    }

    package static var name: String { VideoService.OperationName.moderate }
    package static var summary: String {
        "Has a language model rate frames and captions by a content policy; findings with times, categories and scores."
    }
    /// The video, then its captions if wanted; the captions alone with `frames: none`.
    package static var inputs: InputRule { InputRule(.any, count: 1...2) }
    package static let schema = Schema(Parameters()) {
        Field.model(\.model, "The model, as the gateway knows it; for frames one that sees.")
        Field.accessKey(\.accessKey)
        Field.choice(
            "frames", \.frames, "Which are rated: one `every` so many seconds, the middle of each of the `scenes`, or `none`.")
        Field.number("interval_s", \.interval, in: 0.1...3600, unit: "s", "Seconds from one to the next, with `every`.")
        Field.integer("most", \.most, in: 1...2000, "Frames; a video with more is refused before anything is paid.")
        Field.integer("side", \.side, in: 64...1536, unit: "px", "Of the pictures that the model gets, at most.")
        Field.document(
            "transcript", \.transcript, schema: Transcript.schema,
            "What is said, as audio.transcribe writes it (format document); in place of a second input.")
        Field.text(
            "categories", \.categories, maximumLength: 2000,
            "What is looked for, separated by commas; others than the usual ones may be named, each with a threshold of its own: "
                + "sexual=0.3, smoking.")
        Field.number("threshold", \.threshold, in: 0.01...1, "The score from which on something is found.")
        Field.text("policy", \.policy, maximumLength: 8192, "What the model is told of the policy besides, in words.")
        Field.integer("items_per_call", \.itemsPerCall, in: 1...16, "Frames, or captions, that one call of the model rates.")
        Field.callsAtOnce(\.callsAtOnce)
        Field.maximumTokens(\.maximumTokens)
        Field.text(
            "formats", \.formats,
            "How the report is written, separated by commas: "
                + CheckReport.Format.allCases.map(\.rawValue).joined(separator: ", ") + ".")
    }
    package static var output: OutputDescription {
        OutputDescription(files: "The report, one file for each format.", measurements: ModerationReport.schema)
    }
    package static var cost: CostClass { .light }
    package static var memory: ByteSize { .mib(64) }
    package static var isolation: Isolation { .inProcess }
    package static var isCacheable: Bool { false }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        try VideoError.refuseBlank(["model": parameters.model, "access_key": parameters.accessKey])
        _ = try policy(parameters)
        _ = try FormatList<CheckReport.Format>(parameters.formats)
        if parameters.transcript != .null { _ = try Transcript(document: parameters.transcript) }
    }

    private static func policy(_ parameters: Parameters) throws(VideoError) -> ModerationPolicy {
        try ModerationPolicy(parameters.categories, threshold: parameters.threshold, words: parameters.policy)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let policy = try policy(parameters)
        let formats = try FormatList<CheckReport.Format>(parameters.formats).formats
        let report = try await ModelClient.with(context.surroundings, key: parameters.accessKey) {
            try await Self.report(parameters, policy, $0, context)
        }
        let files = try formats.map { format in
            let name = OutputName.derived(
                from: report.name, suffix: "moderation", fileExtension: format.fileExtension, fallback: "video")
            return try context.write(report.render(format), named: name, mediaType: format.mediaType)
        }
        return JobOutput(files: files, measurements: report.measurements)
    }

    private static func report(
        _ parameters: Parameters, _ policy: ModerationPolicy, _ client: ModelClient, _ context: JobContext
    ) async throws -> ModerationReport {
        let captions = try await captions(parameters, context)
        let (frames, seconds) = parameters.frames == .none ? ([], captions.duration) : try await frames(parameters, context)
        let items = frames + captions.items
        let taken = frames.isEmpty ? 0 : 0.4
        var moderation = Moderation(
            .init(
                policy: policy, model: parameters.model, itemsPerCall: parameters.itemsPerCall,
                callsAtOnce: parameters.callsAtOnce, maximumTokens: parameters.maximumTokens), client: client)
        let outcome = try await moderation.run(items) {
            context.report(taken + (1 - taken) * Double($0) / Double(items.count), "rating")
        }
        return ModerationReport(
            name: context.inputs[0].name, model: parameters.model, duration: seconds, items: items, policy: policy, outcome)
    }

    /// Those of the second input, of the only one where no frames are wanted, or of the transcript.
    private static func captions(_ parameters: Parameters, _ context: JobContext) async throws -> ModerationCaptions {
        let (wantsFrames, hasTranscript) = (parameters.frames != .none, parameters.transcript != .null)
        let file = context.inputs.count > 1 ? context.inputs[1] : wantsFrames || hasTranscript ? nil : context.inputs[0]
        if file != nil, hasTranscript { throw CaptionFileError.both }
        guard file != nil || hasTranscript else { return .none }
        do {
            return try await ModerationCaptions.read(file?.path, or: parameters.transcript)
        } catch CaptionFileError.empty where wantsFrames {
            // Nobody speaks.
            return .none
        }
    }

    /// - Returns: the frames, and the seconds of the video.
    private static func frames(
        _ parameters: Parameters, _ context: JobContext
    ) async throws -> (items: [ModerationItem], seconds: Double) {
        let step = try await context.step(
            VideoService.OperationName.frames,
            [
                "frames": .string(parameters.frames.rawValue), "interval_s": .number(parameters.interval), "packing": "files",
                "most": JSONValue(parameters.most), "width": JSONValue(parameters.side), "height": JSONValue(parameters.side),
                "format": "jpeg", "quality": 80,
            ], on: [0], share: 0.4)
        let times = (step.output.measurements["times_seconds"]?.arrayValue ?? []).compactMap(\.doubleValue)
        guard !times.isEmpty, times.count == step.output.files.count else { throw VideoError.noPictures }
        let seconds = step.output.measurements["duration_seconds"]?.doubleValue ?? 0
        let paths = step.output.files.map { step.folder + "/" + $0.name }
        return (ModerationItem.frames(paths, times: times, duration: seconds), seconds)
    }
}
