import AudioAPI
import AudioEdit
package import Contracts
package import Jobs
import Media
import Metering
import Primitives

/// `audio.level`: speakers brought to one level by a slowly moving gain, then the whole to a target loudness.
package enum LevelOperation: Operation {
    package struct Parameters: WritesAudio {
        package var strength = 0.8
        package var boost = 12.0
        package var cut = 12.0
        package var normalizes = true
        package var integrated = -16.0
        package var truePeak = -1.0
        package var isDualMono = false
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.level }
    package static var summary: String {
        "Levels speech: raises quiet speakers and lowers loud ones without raising pauses, then meets a loudness target."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.number("strength", \.strength, in: 0...1, "How much of the differences is taken away: 0 none, 1 all.")
        Field.number("maximum_boost_db", \.boost, in: 0...24, unit: "dB", "The most by which something is raised.")
        Field.number("maximum_cut_db", \.cut, in: 0...24, unit: "dB", "The most by which something is lowered.")
        Field.flag("normalize", \.normalizes, "Brings the result to the target; otherwise it stays as loud as it was.")
        Field.number("target_lufs", \.integrated, in: -60 ... -5, unit: "LUFS", "The integrated loudness wanted.")
        Field.number("true_peak_dbtp", \.truePeak, in: -20...0, unit: "dBTP", "The highest true peak allowed.")
        Field.flag("dual_mono", \.isDualMono, "Measures a single channel as heard from two loudspeakers (+3 LU).")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The levelled audio.",
            measurements: [
                "type": "object", "required": ["before", "after", "levelling", "speech_detector", "duration_seconds", "output"],
                "properties": [
                    "before": LoudnessMeasurement.schema, "after": LoudnessMeasurement.schema,
                    "levelling": LevellingPlan.documentSchema,
                    "speech_detector": [
                        "enum": ["silero-vad", "level"], "description": "What told speech from pauses; level without the model.",
                    ],
                    "target_reached": ["type": ["boolean", "null"], "description": "Null when there is no target."],
                    "gain_db": ["type": ["number", "null"], "x-unit": "dB", "description": "Of the whole, to meet the target."],
                    "limited": ["type": "boolean", "description": "Whether peaks were lowered to stay under the ceiling."],
                    "duration_seconds": ["type": "number", "x-unit": "s"], "output": AudioTarget.documentSchema,
                ],
            ])
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try AudioSource(context.inputs[0])
        let target = try AudioTarget(parameters.output, source: source, isProcessed: true).withoutGainTags
        let format = AudioFormat.planar(
            sampleRate: target.sampleRate, channels: target.channels, channelMask: target.channelMask)
        let speech = try context.speechTrack()
        let analysis = try LevelAnalysis(
            source, format: format, isDualMono: parameters.isDualMono, speech: speech
        ) { context.report(0.3 * $0, "listening") }
        let leveller = Leveller(
            strength: parameters.strength, maximumBoost: parameters.boost, maximumCut: parameters.cut)
        let plan = leveller.plan(for: analysis.levels, sampleRate: format.sampleRate)
        let levelled = LevelledSource(source: source, curve: plan.curve)
        let name = OutputName.derived(
            from: context.inputs[0].name, suffix: "levelled", fileExtension: target.format.fileExtension)
        let rendering = SoundRendering(
            source: levelled, target: target, integrated: parameters.normalizes ? parameters.integrated : nil,
            truePeak: parameters.truePeak, isDualMono: parameters.isDualMono)
        let outcome = try rendering.run(writingTo: context.outputFolder + "/" + name) { context.report(0.3 + 0.7 * $0, $1) }
        return JobOutput(
            files: [.init(name: name, mediaType: target.format.mediaType)],
            measurements: [
                "before": analysis.loudness.document, "after": outcome.loudness.document, "levelling": plan.document,
                "speech_detector": speech == nil ? "level" : "silero-vad",
                "target_reached": outcome.isTargetReached.map(JSONValue.bool) ?? .null, "gain_db": .decibels(outcome.gain),
                "limited": .bool(outcome.isLimited),
                "duration_seconds": .number((Double(analysis.frames) / Double(format.sampleRate)).rounded(decimals: 3)),
                "output": target.document,
            ])
    }
}
