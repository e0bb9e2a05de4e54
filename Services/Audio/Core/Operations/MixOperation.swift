import AudioAPI
package import AudioEdit
package import Contracts
package import Jobs
package import Media
import Metering
package import Primitives

/// `audio.mix`: several recordings as one, music making room for speech.
package enum MixOperation: Operation {
    package struct Parameters: WritesAudio {
        package var mix = JSONValue.null
        package var length = MixLength.longest
        package var ducking = Ducking()
        package var integrated: Double?
        package var truePeak = -1.0
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.mix }
    package static var summary: String {
        "Mixes up to 16 recordings: level, pan, start, fades and loop of each, music lowered while somebody speaks."
    }
    package static var inputs: InputRule { InputRule(.media, count: 1...16) }
    package static let schema = Schema(Parameters()) {
        Field.document(
            "mix", \.mix, schema: MixDocument.schema,
            "The tracks, one for each input in their order; without it all are mixed as they are.")
        Field.choice("duration", \.length, "As long as the longest track that does not loop, or as the first.")
        Field.number(
            "duck_threshold_db", \.ducking.threshold, in: -80 ... -10, unit: "dBFS",
            "Speech above it lowers the tracks that duck.")
        Field.number("duck_depth_db", \.ducking.depth, in: 0...60, unit: "dB", "By how much they are lowered.")
        Field.number("duck_attack_s", \.ducking.attack, in: 0...5, unit: "s", "How long it takes them to go down.")
        Field.number("duck_hold_s", \.ducking.hold, in: 0...10, unit: "s", "How long they stay down after the last word.")
        Field.number("duck_release_s", \.ducking.release, in: 0...10, unit: "s", "How long it takes them to come back.")
        Field.number(
            "duck_lookahead_s", \.ducking.lookAhead, in: 0...2, unit: "s", "How long before the first word they begin to go down.")
        Field.number(
            "target_lufs", \.integrated, in: -60 ... -5, unit: "LUFS",
            "The integrated loudness wanted; without it the mix is as loud as its tracks.")
        Field.number("true_peak_dbtp", \.truePeak, in: -20...0, unit: "dBTP", "The highest true peak allowed.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The mix.",
            measurements: [
                "type": "object", "required": ["loudness", "tracks", "limited", "duration_seconds", "output"],
                "properties": [
                    "loudness": LoudnessMeasurement.schema, "tracks": ["type": "integer"],
                    "ducked_seconds": ["type": "number", "x-unit": "s", "description": "How long tracks were kept down."],
                    "target_reached": ["type": ["boolean", "null"], "description": "Null when there is no target."],
                    "gain_db": ["type": ["number", "null"], "x-unit": "dB", "description": "Of the whole, to meet the target."],
                    "limited": ["type": "boolean", "description": "Whether peaks were lowered to stay under the ceiling."],
                    "duration_seconds": ["type": "number", "x-unit": "s"], "output": AudioTarget.documentSchema,
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try MixDocument.parse(parameters.mix)
        _ = try channels(parameters)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let tracks = try MixDocument.tracks(parameters.mix, count: context.inputs.count)
        let source = try MixSource(context.inputs, tracks: tracks, ducking: parameters.ducking, length: parameters.length)
        var settings = parameters.output
        settings.channels = try channels(parameters) ?? source.traits.channels
        let target = try AudioTarget(settings, like: source.traits, isProcessed: true)
        let name = OutputName.derived(from: context.inputs[0].name, suffix: "mix", fileExtension: target.format.fileExtension)
        let rendering = SoundRendering(
            source: source, target: target, integrated: parameters.integrated, truePeak: parameters.truePeak, isDualMono: false)
        let outcome = try rendering.run(writingTo: context.outputFolder + "/" + name) { context.report($0, $1) }
        return JobOutput(
            files: [.init(name: name, mediaType: target.format.mediaType)],
            measurements: [
                "loudness": outcome.loudness.document, "tracks": JSONValue(tracks.count),
                "ducked_seconds": .number(source.duckedSeconds.rounded(decimals: 3)),
                "target_reached": outcome.isTargetReached.map(JSONValue.bool) ?? .null, "gain_db": .decibels(outcome.gain),
                "limited": .bool(outcome.isLimited),
                "duration_seconds": .number(outcome.duration.rounded(decimals: 3)), "output": target.document,
            ])
    }

    private static func channels(_ parameters: Parameters) throws(AudioError) -> Int? {
        guard let wish = parameters.output.channels else { return nil }
        guard wish <= 2 else { throw .outputSetting("a mix has 1 or 2 channels, not \(wish)") }
        return wish
    }
}
