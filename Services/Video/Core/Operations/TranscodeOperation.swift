package import Contracts
package import Jobs
import Media
package import Primitives
import VideoAPI

/// `video.transcode`: a video in another format, size or rate.
package enum TranscodeOperation: Operation {
    package struct Parameters: WritesVideo {
        package var encoding = EncodingWishes()
        var preset = PlatformPreset.Name.custom
        var targetSize: Int?
        var passes = 1
        var width: Int?
        var height: Int?
        var fit: PictureFit?
        var enlarges = false
        var frameRate: Double?
        var fields = VideoChain.Fields.auto
        var range = DynamicRange.auto
        var streaming = Streaming.none
        var ladder = "1080,720,480,360"
        var segment = 6.0
        var packing = FramesOperation.Packing.auto
    }

    enum Streaming: String, CaseIterable, Sendable {
        case none
        case fragments = "hls"
        case transport = "hls-ts"
    }

    enum DynamicRange: String, CaseIterable, Sendable {
        case auto, keep, standard
    }

    /// What a container takes of a file beside its streams.
    private static let overhead = 0.98

    package static var name: String { VideoService.OperationName.transcode }
    package static var version: Int { 2 }
    package static var summary: String {
        "Encodes a video anew: H.264, H.265, VP9 or AV1, for a platform or to a size; upright, its colours and chapters kept."
    }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.choice("preset", \.preset, "What a platform takes at its best; what is said besides goes first.")
        Parameters.encodingFields
        Field.integer(
            "target_size_bytes", \.targetSize, in: 1...1_000_000_000_000, unit: "B", "What the file may have, met in two passes.")
        Field.integer("passes", \.passes, in: 1...2, "Two meet a bit rate better.")
        Field.integer("width", \.width, in: 2...16_384, unit: "px", "Pixels at most, or exactly with `fit`.")
        Field.integer("height", \.height, in: 2...16_384, unit: "px", "Pixels at most, or exactly with `fit`.")
        Field.choice("fit", \.fit, "Where the shape is another: `inside` keeps it, `pad` adds bars, `crop` cuts edges off.")
        Field.flag("enlarge", \.enlarges, "Whether small pictures are made larger.")
        Field.number(
            "frame_rate", \.frameRate, in: 1...240, unit: "1/s", "The same throughout; without it frames keep their times.")
        Field.choice(
            "deinterlace", \.fields, "Whether fields are made whole frames; `auto` does so where frames say they have them.")
        Field.choice(
            "dynamic_range", \.range, "`keep` or `standard`; `auto` keeps HDR except in h264, whose players do not know it.")
        Field.choice(
            "streaming", \.streaming,
            "`hls` makes a playlist and segments of fragmented MP4, `hls-ts` such of MPEG transport stream.")
        Field.text("ladder", \.ladder, "For streaming: the sizes, as rows of the shorter side, separated by commas.")
        Field.number("segment_s", \.segment, in: 1...30, unit: "s", "For streaming: how long a segment is.")
        Field.choice("packing", \.packing, "For streaming: one `zip` or single `files`; `auto` is a ZIP.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The video; for streaming the playlists and segments.",
            measurements: [
                "type": "object",
                "properties": [
                    "frames": ["type": "integer", "description": "Written, of all sizes."],
                    "duration_seconds": ["type": "number", "x-unit": "s", "description": "Written, of all sizes."],
                    "output": EncodedSource.schema, "passes": ["type": "integer"],
                    "renditions": [
                        "type": "array", "items": EncodedSource.schema, "description": "For streaming: every size, and the sound.",
                    ],
                ],
            ])
    }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(400) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        let preset = PlatformPreset.named(parameters.preset)
        try parameters.encoding.check(preset)
        let codec = parameters.encoding.codec(preset)
        let isTwoPass = parameters.passes == 2 || parameters.targetSize != nil
        if isTwoPass, codec == .av1 { throw VideoError.outputSetting("av1 is encoded in one pass; say bit_rate or quality") }
        if isTwoPass, parameters.encoding.place == .hardware {
            throw VideoError.outputSetting("graphics cards encode in one pass; two need encoder: software")
        }
        if parameters.passes == 2, parameters.targetSize == nil, parameters.encoding.bitRate == nil {
            throw VideoError.outputSetting("two passes need something to meet: say bit_rate or target_size_bytes")
        }
        if parameters.streaming != .none {
            _ = try heights(parameters.ladder)
            guard codec == .h264 || codec == .h265, parameters.encoding.sound != .copy, !isTwoPass else {
                throw VideoError.outputSetting("streams are of h264 or h265, in one pass, and their sound is encoded")
            }
        }
        if parameters.targetSize != nil, parameters.encoding.bitRate != nil || parameters.encoding.quality != nil {
            throw VideoError.outputSetting("target_size_bytes decides the bit rate; leave bit_rate and quality out")
        }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let input = context.inputs[0]
        let preset = PlatformPreset.named(parameters.preset)
        let container = parameters.encoding.container(preset)
        let wishes = try wishes(parameters, preset, input.path)
        if parameters.streaming != .none { return try stream(parameters, preset, wishes, context) }
        var transcoder = Transcoder(path: input.path, preset: preset, encoding: parameters.encoding, wishes: wishes)
        if let size = parameters.targetSize {
            transcoder.twoPassRate = try rate(for: size, parameters.encoding, container, preset, input.path)
        } else if parameters.passes == 2 {
            transcoder.twoPassRate = parameters.encoding.bitRate
        }
        let name = OutputName.derived(
            from: input.name, suffix: parameters.preset == .custom ? "transcoded" : parameters.preset.rawValue,
            fileExtension: container.fileExtension, fallback: "video")
        let outcome = try transcoder.run(to: context.outputFolder + "/" + name, container: container) { context.report($0, $1) }
        return JobOutput(
            files: [.init(name: name, mediaType: container.mediaType)],
            measurements: [
                "output": .object(outcome.document), "passes": JSONValue(transcoder.twoPassRate == nil ? 1 : 2),
                "frames": outcome.document["frames"] ?? 0, "duration_seconds": outcome.document["duration_seconds"] ?? 0,
            ])
    }

    private static func stream(
        _ parameters: Parameters, _ preset: PlatformPreset, _ wishes: VideoChain.Wishes, _ context: JobContext
    ) throws -> JobOutput {
        let ladder = StreamLadder(
            path: context.inputs[0].path, folder: context.outputFolder, preset: preset, encoding: parameters.encoding,
            wishes: wishes, kind: parameters.streaming == .fragments ? .fmp4 : .ts, segment: parameters.segment,
            heights: try heights(parameters.ladder))
        let made = try ladder.run { context.report($0, "encoding") }
        let archive = OutputName.derived(from: context.inputs[0].name, suffix: "hls", fileExtension: "zip", fallback: "video")
        let files = try PictureFiles(folder: context.outputFolder, archive: parameters.packing == .files ? nil : archive)
        for name in made.names {
            let type = name.hasSuffix("m3u8") ? "application/vnd.apple.mpegurl" : name.hasSuffix("ts") ? "video/mp2t" : "video/mp4"
            try files.add(written: name, mediaType: type)
        }
        try files.finish()
        let handled = EncodedSource.handled(made.documents)
        return JobOutput(
            files: files.files,
            measurements: .object(handled.merging(["renditions": .array(made.documents), "passes": 1]) { $1 }))
    }

    /// The sizes of a ladder as a person writes them.
    /// - Throws: `VideoError.outputSetting`.
    private static func heights(_ text: String) throws(VideoError) -> [Int] {
        let words = text.split { $0 == "," || $0 == " " }
        let heights = words.compactMap { Int($0) }
        guard !heights.isEmpty, heights.count == words.count, heights.count <= 8,
            heights.allSatisfy({ (64...4320).contains($0) })
        else { throw .outputSetting("the ladder is up to 8 numbers of rows from 64 to 4320, such as 1080,720,360") }
        return heights
    }

    /// What is wanted of the pictures, given what the file has.
    private static func wishes(
        _ parameters: Parameters, _ preset: PlatformPreset, _ path: String
    ) throws -> VideoChain.Wishes {
        var wishes = VideoChain.Wishes()
        (wishes.width, wishes.height) = (parameters.width, parameters.height)
        if parameters.width == nil, parameters.height == nil { (wishes.width, wishes.height) = (preset.width, preset.height) }
        wishes.fit = parameters.fit ?? preset.fit
        wishes.enlarges = parameters.enlarges
        wishes.fields = parameters.fields
        let codec = parameters.encoding.codec(preset)
        wishes.isStandardRange = parameters.range == .standard || parameters.range == .auto && codec == .h264
        wishes.frameRate = parameters.frameRate.map(Ratio.init(frameRate:))
        if wishes.frameRate == nil, let highest = preset.highestFrameRate {
            let source = try FrameSource(path: path)
            // Platforms want one rate throughout.
            if let own = source.frameRate {
                if own.value > highest + 0.01 { wishes.frameRate = Ratio(Int(highest), 1) }
            } else {
                wishes.frameRate = Ratio(Int(min(30, highest)), 1)
            }
        }
        return wishes
    }

    /// Bits per second of the pictures that make a file of a size.
    /// - Throws: `VideoError.outputSetting` when there is no room for pictures.
    private static func rate(
        for size: Int, _ encoding: EncodingWishes, _ container: MediaContainer, _ preset: PlatformPreset, _ path: String
    ) throws -> Int {
        let reader = try MediaReader(path: path)
        let times = try FrameTimes(reader)
        let seconds = max(reader.info.duration ?? 0, Double(times.count) * (times.shortest ?? 0.04), 0.04)
        var sound = 0.0
        if let stream = reader.info.audio.first {
            switch encoding.sound {
            case .none: break
            case .copy: sound = Double(stream.bitRate ?? 192_000)
            case .auto, .aac, .opus:
                let format = AudioFormat.float(sampleRate: stream.sampleRate, channels: stream.channels)
                sound = Double(encoding.audioTarget(format, container, preset)?.bitRate ?? 0)
            }
        }
        let rate = Double(size) * 8 * overhead / seconds - sound
        guard rate >= 10_000 else {
            throw VideoError.outputSetting(
                "\(size) bytes are too few for \(seconds.rounded(decimals: 1)) s: \(Int(max(0, rate))) bit/s are left for pictures"
            )
        }
        return Int(rate)
    }
}

extension Ratio {
    /// A frame rate as a person writes it: 29.97 is 30000/1001, and so are the others of its family.
    init(frameRate: Double) {
        let whole = frameRate.rounded(.up)
        if abs(whole * 1000 / 1001 - frameRate) < 0.005, whole != frameRate {
            self.init(Int(whole) * 1000, 1001)
        } else {
            self.init(Int((frameRate * 1000).rounded()), 1000)
        }
    }
}
