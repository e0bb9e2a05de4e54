package import Contracts
package import Jobs
import Media
package import Primitives
import VideoAPI

/// `video.split`: a video cut into pieces, at its scenes or at given times.
package enum SplitOperation: Operation {
    enum Place: String, CaseIterable, Sendable {
        case scenes, times
    }

    enum Precision: String, CaseIterable, Sendable {
        case exact
        case keyFrames = "key-frames"
    }

    package struct Parameters: WritesVideo {
        package var encoding = EncodingWishes()
        var place = Place.scenes
        var times = ""
        var precision = Precision.exact
    }

    private static let mostPieces = 500

    package static var name: String { VideoService.OperationName.split }
    package static var summary: String {
        "Cuts a video into pieces at its scenes or at times, to the frame; only frames between a cut and a key frame are encoded."
    }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.choice("at", \.place, "Where it is cut: where `scenes` change, or at `times`.")
        Field.text("times", \.times, "With `times`: seconds or hours, minutes and seconds, separated by commas: 3.5, 1:02.")
        Field.choice(
            "precision", \.precision,
            "`exact` encodes what lies between a cut and a key frame; `key-frames` moves cuts to the one before, encoding nothing "
                + "where the groups of pictures are closed. Settings of the encoder beyond quality and speed have all of it encoded."
        )
        Parameters.encodingFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The pieces, in order.",
            measurements: [
                "type": "object", "required": ["pieces"],
                "properties": [
                    "copied": ["type": "integer"], "encoded": ["type": "integer"], "frames": ["type": "integer"],
                    "duration_seconds": ["type": "number", "x-unit": "s"],
                    "pieces": [
                        "type": "array",
                        "items": [
                            "type": "object",
                            "properties": [
                                "start_seconds": ["type": "number", "x-unit": "s"], "frames": ["type": "integer"],
                                "is_copy": ["type": "boolean"], "encoded_frames": ["type": "integer"],
                                "reason": [
                                    "type": ["string", "null"], "description": "Why all of its frames are encoded, where they are.",
                                ],
                            ],
                        ],
                    ],
                ],
            ])
    }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(400) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        try parameters.encoding.check(.named(.custom))
        guard parameters.encoding.sound != .copy else {
            throw VideoError.outputSetting("the sound of pieces that are encoded is encoded too; leave audio: copy out")
        }
        if parameters.place == .times { _ = try FrameTimeList(parameters.times) }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let input = context.inputs[0]
        let index = try FrameIndex(path: input.path)
        let plan = PiecePlan(
            cuts: try cuts(parameters, context), index: index, movesToKeyFrames: parameters.precision == .keyFrames)
        guard plan.pieces.count <= mostPieces else { throw VideoError.tooManyFrames(plan.pieces.count, most: mostPieces) }
        let preset = PlatformPreset.named(.custom)
        let container = parameters.encoding.container(preset)
        let cutter = Cutter(input.path, index, parameters)
        var (files, documents, copied, frames) = ([JobOutput.File](), [JSONValue](), 0, 0)
        for (number, piece) in plan.pieces.enumerated() {
            let suffix = String(String(1000 + number + 1).dropFirst())
            let name = OutputName.derived(
                from: input.name, suffix: suffix, fileExtension: container.fileExtension, fallback: "video")
            let path = context.outputFolder + "/" + name
            let cut = try cutter.write(piece, to: path, container) { writer in
                try encode(piece.fileRange, writer, parameters, preset, input.path, canSeek: index.clockJumps == 0)
            }
            copied += cut.encoded == 0 ? 1 : 0
            frames += cut.frames
            files.append(.init(name: name, mediaType: container.mediaType))
            documents.append([
                "start_seconds": .number(piece.range.lowerBound.rounded(decimals: 3)), "frames": JSONValue(cut.frames),
                "is_copy": .bool(cut.encoded == 0), "encoded_frames": JSONValue(cut.encoded), "reason": JSONValue(cut.reason),
            ])
            context.report(0.3 + 0.7 * Double(number + 1) / Double(plan.pieces.count), "cutting")
        }
        return JobOutput(
            files: files,
            measurements: [
                "pieces": .array(documents), "copied": JSONValue(copied), "encoded": JSONValue(plan.pieces.count - copied),
                "frames": JSONValue(frames), "duration_seconds": .number(index.duration.rounded(decimals: 3)),
            ])
    }

    private static func cuts(_ parameters: Parameters, _ context: JobContext) throws -> [Double] {
        if parameters.place == .times { return try FrameTimeList(parameters.times).seconds }
        let analysis = try SceneAnalysis(
            path: context.inputs[0].path, decoding: .analysis, keepsMeasures: false,
            makeDetector: { rate in
                ShotDetector(threshold: 7, shortestScene: Int((0.6 * rate).rounded()), frameRate: rate)
            }, progress: { context.report($0 * 0.3, "finding scenes") })
        return analysis.scenes.dropFirst().map(\.start)
    }

    /// - Parameters:
    ///   - range: seconds by the file's own clock.
    ///   - canSeek: whether the file's times tell their place.
    private static func encode(
        _ range: Range<Double>, _ writer: MediaWriter, _ parameters: Parameters, _ preset: PlatformPreset, _ path: String,
        canSeek: Bool
    ) throws -> Int {
        // Where the clock jumps, a time is found by reading all that comes before it.
        let start = canSeek ? range.lowerBound : 0
        let pass = try MediaPass(path: path, wantsAudio: parameters.encoding.sound != .none, from: start)
        guard let source = pass.video else { throw MediaError.noVideo }
        var wishes = VideoChain.Wishes()
        wishes.isStandardRange = parameters.encoding.codec(preset) == .h264
        let (chain, target) = try Transcoder.complete(parameters.encoding.videoTarget(preset), wishes, source)
        let sound = pass.audio.flatMap { parameters.encoding.audioTarget($0.format, writer.container, preset) }
        writer.tag(source.info.tags)
        let rendition = try Rendition(
            writer, source: source, video: .init(filters: chain.description, target: target),
            audio: sound.map { .encoded($0, filters: "") } ?? .none, window: range)
        var heard = start
        try pass.run(to: range.upperBound.isFinite ? range.upperBound : nil) {
            try rendition.take($0)
        } onSound: { samples in
            try rendition.take(samples, from: heard)
            heard += Double(samples.frameCount) / Double(samples.format.sampleRate)
        }
        return try rendition.finish().frames
    }
}
