package import Contracts
package import Jobs
import Media
package import Primitives
import VideoAPI

/// `video.concat`: videos one after the other in one file.
package enum ConcatOperation: Operation {
    enum Road: String, CaseIterable, Sendable {
        case auto, copy, encode
    }

    package struct Parameters: WritesVideo {
        package var encoding = EncodingWishes()
        var road = Road.auto
    }

    package static var name: String { VideoService.OperationName.concat }
    package static var summary: String {
        "Joins up to 64 videos in their order: without encoding where they match, else in the first one's size and rate."
    }
    package static var inputs: InputRule { InputRule(.video, count: 1...64) }
    package static let schema = Schema(Parameters()) {
        Field.choice("road", \.road, "`copy` refuses what does not match, `encode` always encodes, `auto` copies where it can.")
        Parameters.encodingFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The joined video.",
            measurements: [
                "type": "object", "required": ["is_copy", "duration_seconds"],
                "properties": [
                    "is_copy": ["type": "boolean", "description": "Whether nothing was encoded."],
                    "reason": ["type": ["string", "null"], "description": "Why it had to be encoded."],
                    "duration_seconds": ["type": "number", "x-unit": "s"], "files": ["type": "integer"],
                    "frames": ["type": "integer"],
                ],
            ])
    }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(400) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        try parameters.encoding.check(.named(.custom))
        guard parameters.encoding.sound != .copy else {
            throw VideoError.outputSetting("sound that is joined anew is encoded; audio: copy goes with road: copy alone")
        }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let preset = PlatformPreset.named(.custom)
        let container = parameters.encoding.container(preset)
        let paths = context.inputs.map(\.path)
        let name = OutputName.derived(
            from: context.inputs[0].name, suffix: "joined", fileExtension: container.fileExtension, fallback: "video")
        let join = PacketJoin(paths: paths)
        let obstacle = parameters.road == .encode ? "it was asked for" : try obstacle(join, parameters, container)
        if parameters.road == .copy, let obstacle {
            throw VideoError.outputSetting("these files can not be joined without encoding: \(obstacle)")
        }
        let writer = try MediaWriter(path: context.outputFolder + "/" + name, container: container)
        var measured: [String: JSONValue] = [
            "is_copy": .bool(obstacle == nil), "reason": JSONValue(obstacle), "files": JSONValue(paths.count),
        ]
        if obstacle == nil {
            let joined = try join.run(writer) { context.report($0, "joining") }
            measured["duration_seconds"] = .number(joined.seconds.rounded(decimals: 3))
            measured["frames"] = JSONValue(joined.frames)
        } else {
            let frames = FrameJoin(paths: paths, encoding: parameters.encoding, preset: preset, container: container)
            let outcome = try frames.run(writer) { context.report($0, "encoding") }
            measured["duration_seconds"] = .number(outcome.duration.rounded(decimals: 3))
            measured["frames"] = JSONValue(outcome.frames)
            measured["width"] = JSONValue(outcome.chain.size.width)
            measured["height"] = JSONValue(outcome.chain.size.height)
            measured["encoder"] = JSONValue(outcome.encoder)
        }
        return JobOutput(files: [.init(name: name, mediaType: container.mediaType)], measurements: .object(measured))
    }

    /// Why the files can not be joined as they are.
    private static func obstacle(
        _ join: PacketJoin, _ parameters: Parameters, _ container: MediaContainer
    ) throws -> String? {
        if let obstacle = try join.obstacle(in: container) { return obstacle }
        let wishes = parameters.encoding
        let field =
            wishes.encoderField
            ?? (wishes.quality != nil ? "quality" : wishes.speed != nil ? "speed" : wishes.sound == .none ? "audio" : nil)
        return field.map { "\($0) is given, which only encoding meets" }
    }
}
