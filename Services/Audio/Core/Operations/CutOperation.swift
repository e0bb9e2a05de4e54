import AudioAPI
import AudioEdit
import AudioText
package import Contracts
package import Jobs
import Media
package import Primitives

/// `audio.cut`: a recording without its long pauses and filler words.
package enum CutOperation: Operation {
    package struct Parameters: WritesAudio, ReadsTranscript {
        package var cutsSilences = true
        package var shortestSilence = 0.8
        package var keptPause = 0.3
        package var threshold: Double?
        package var cutsFillers = false
        package var words = ""
        package var transcript = JSONValue.null
        package var model = ""
        package var language = ""
        package var crossfade = 10.0
        package var ranges = JSONValue.null
        package var isPreview = false
        package var pictureRate = PictureRate.twentyFive
        package var output = OutputSettings()
    }

    /// Pictures a second of the edit decision list.
    package enum PictureRate: String, Sendable, CaseIterable {
        case twentyFour = "24", twentyFive = "25", thirty = "30"
    }

    package static var name: String { AudioService.OperationName.cut }
    package static var summary: String {
        "Shortens pauses and cuts filler words with inaudible crossfades; writes the audio and an edit list."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static var memory: ByteSize { .mib(800) }
    package static func memory(_ parameters: Parameters, resources: [String: String]) throws -> ByteSize {
        guard parameters.cutsFillers, parameters.transcript == .null else { return .mib(200) }
        return try parameters.recognitionMemory(resources, beams: 1)
    }
    package static let schema = Schema(Parameters()) {
        Field.flag("silences", \.cutsSilences, "Shortens pauses.")
        Field.number(
            "minimum_silence_s", \.shortestSilence, in: 0.1...60, unit: "s", "Pauses of this length and more are shortened.")
        Field.number("kept_pause_s", \.keptPause, in: 0...10, unit: "s", "What is left of them; never less than 0.1.")
        Field.number(
            "silence_threshold_db", \.threshold, in: -90 ... -10, unit: "dBFS",
            "What is under it may be a pause; by default it follows from the recording.")
        Field.flag("fillers", \.cutsFillers, "Cuts um, uh and their like; takes the words from the transcript.")
        Field.text("words", \.words, "Further words and phrases to cut, separated by commas, for example: you know, basically.")
        Parameters.transcriptFields
        Field.number("crossfade_ms", \.crossfade, in: 0...200, unit: "ms", "How long the parts overlap at a seam.")
        Field.document(
            "ranges", \.ranges, schema: RangeDocument.schema,
            "What stays or goes besides: times in seconds, or an edit list written before.")
        Field.flag("preview", \.isPreview, "Writes the edit list alone.")
        Field.choice("edl_rate", \.pictureRate, "Pictures a second of the CMX 3600 list.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        let seconds: JSONValue = ["type": "number", "x-unit": "s"]
        return OutputDescription(
            files: "The audio, the edit list as JSON and as CMX 3600, and the new transcript when fillers were cut.",
            measurements: [
                "type": "object", "required": ["duration_seconds", "result_duration_seconds", "cuts", "speech_detector"],
                "properties": [
                    "duration_seconds": seconds, "result_duration_seconds": seconds,
                    "cuts": [
                        "type": "object", "description": "How many, and how long together, by reason.",
                        "additionalProperties": [
                            "type": "object", "properties": ["count": ["type": "integer"], "seconds": seconds],
                        ],
                    ],
                    "speech_detector": ["enum": ["silero-vad", "level"]],
                    "output": AudioTarget.documentSchema,
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        guard parameters.cutsSilences || parameters.cutsFillers || parameters.ranges != .null else {
            throw AudioError.outputSetting("there is nothing to cut: ask for silences, fillers or ranges")
        }
        if parameters.cutsFillers { try parameters.checkTranscript(resources: resources) }
        if parameters.ranges != .null { _ = try RangeDocument(parameters.ranges) }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        try check(parameters, resources: context.resources)
        let source = try AudioSource(context.inputs[0])
        let target = try AudioTarget(parameters.output, source: source, isProcessed: true)
        let speech = parameters.cutsSilences ? try context.speechTrack() : nil
        let listening = parameters.cutsFillers && parameters.transcript == .null ? 0.2 : 0.4
        let analysis = try CutAnalysis(source, speech: speech) { context.report(listening * $0, "listening") }
        var transcript: Transcript?
        if parameters.cutsFillers {
            transcript = try parameters.readTranscript(of: source, in: context, prompt: fillerPrompt(parameters)) {
                context.report(listening + (0.6 - listening) * $0, "transcribing")
            }
        }
        // Inside, times count from the first sample.
        transcript = transcript?.shifted(by: -source.offset)
        var plan = try SplicePlan(
            total: analysis.energy.frames, sampleRate: analysis.format.sampleRate,
            cuts: cuts(parameters, analysis, transcript, offset: source.offset),
            crossfade: Int((parameters.crossfade / 1000 * Double(analysis.format.sampleRate)).rounded()))
        plan.offset = source.offset
        var files = try lists(plan, parameters, transcript, context)
        var measurements: [String: JSONValue] = [
            "duration_seconds": .number(analysis.duration.rounded(decimals: 3)),
            "result_duration_seconds": .number(
                (Double(plan.outputFrames) / Double(plan.sampleRate)).rounded(decimals: 3)),
            "cuts": summary(plan), "speech_detector": speech == nil ? "level" : "silero-vad",
        ]
        if !parameters.isPreview {
            let writer = try splice(source, plan, target, context)
            files.insert(writer.file, at: 0)
            measurements["output"] = writer.document
        }
        return JobOutput(files: files, measurements: .object(measurements))
    }

    private static func cuts(
        _ parameters: Parameters, _ analysis: CutAnalysis, _ transcript: Transcript?, offset: Double
    ) throws -> [SplicePlan.Cut] {
        var cuts: [SplicePlan.Cut] = []
        if parameters.ranges != .null {
            cuts += try RangeDocument(parameters.ranges).cuts(duration: analysis.duration + offset).compactMap {
                analysis.cut(from: $0.start - offset, to: $0.end - offset, .range)
            }
        }
        if let transcript {
            let extra = parameters.words.split(separator: ",").map(String.init)
            let planner = CutPlanner(longestSilence: nil, crossfade: parameters.crossfade / 1000, extraFillers: extra)
            cuts += analysis.fillers(planner.editList(for: transcript).cuts)
        }
        if parameters.cutsSilences {
            let finder = SilenceFinder(shortest: parameters.shortestSilence, threshold: parameters.threshold)
            cuts += analysis.pauses(finder, kept: parameters.keptPause)
        }
        return cuts
    }

    /// Recognisers leave fillers out unless the text before has some.
    private static func fillerPrompt(_ parameters: Parameters) -> String {
        let isEnglish = ["", "en", "english"].contains(parameters.language.lowercased())
        return isEnglish ? "Um, so, uh, I was, er, thinking, hmm, you know, uh." : ""
    }

    private static func splice(
        _ source: AudioSource, _ plan: SplicePlan, _ target: AudioTarget, _ context: JobContext
    ) throws -> PlanarWriter {
        let format = source.planarFormat
        let name = OutputName.derived(from: context.inputs[0].name, suffix: "cut", fileExtension: target.format.fileExtension)
        // Chapters of the input would stand at the wrong places.
        var target = target
        target.chapters = []
        let writer = try PlanarWriter(target, format: format, name: name, in: context)
        let splicer = Splicer(kept: plan.audible, crossfade: plan.crossfade, total: plan.total, channels: format.channels)
        try source.decode(to: format, progress: { context.report(0.6 + 0.4 * $0, "cutting") }) { frame in
            try splicer.process(frame.planes) { try writer.write($0) }
        }
        try writer.finish()
        return writer
    }

    private static func lists(
        _ plan: SplicePlan, _ parameters: Parameters, _ transcript: Transcript?, _ context: JobContext
    ) throws -> [JobOutput.File] {
        var files: [JobOutput.File] = []
        let input = context.inputs[0].name
        func write(_ bytes: Bytes, _ suffix: String, _ fileExtension: String, _ mediaType: String) throws {
            let name = OutputName.derived(from: input, suffix: suffix, fileExtension: fileExtension)
            files.append(try context.write(bytes, named: name, mediaType: mediaType))
        }
        try write(plan.document.serialized(pretty: true), "edits", "json", "application/json")
        let rate = Int(parameters.pictureRate.rawValue) ?? 25
        if let text = EditDecisionList.text(plan, title: input, picturesPerSecond: rate) {
            try write(Bytes(text.utf8), "edits", "edl", "text/plain; charset=utf-8")
        }
        if let transcript {
            try write(plan.edited(transcript).document.serialized(), "cut-transcript", "json", "application/json")
        }
        return files
    }

    private static func summary(_ plan: SplicePlan) -> JSONValue {
        var entries: [String: JSONValue] = [:]
        for reason in SplicePlan.Cut.Reason.allCases {
            let cuts = plan.cuts.filter { $0.reason == reason }
            let seconds = Double(cuts.reduce(0) { $0 + $1.frames.count }) / Double(plan.sampleRate)
            entries[reason.rawValue] = ["count": JSONValue(cuts.count), "seconds": .number(seconds.rounded(decimals: 3))]
        }
        return .object(entries)
    }
}
