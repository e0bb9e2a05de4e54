package import Contracts
package import Jobs
import Media
package import Primitives
import VideoAPI

/// `video.variants`: several videos made of one, each a little different, all from one decoding.
package enum VariantsOperation: Operation {
    package struct Parameters: WritesVideo {
        package var encoding = EncodingWishes()
        var count = 4
        var seed = 1
        var ranges = JSONValue.null
    }

    package static var name: String { VideoService.OperationName.variants }
    package static var summary: String {
        "Makes several videos of one: cut, scaled, trimmed, sped up, coloured by what a seed draws; the same seed, the same files."
    }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.integer("count", \.count, in: 1...50, "How many.")
        Field.integer("seed", \.seed, in: 0...9_007_199_254_740_991, "What is drawn follows from it alone.")
        Field.document("ranges", \.ranges, schema: VariantRanges.schema, "What each parameter is drawn from: [low, high].")
        Parameters.encodingFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The videos, and which got what as CSV and JSON.",
            measurements: [
                "type": "object", "required": ["variants", "statistics"],
                "properties": [
                    "frames": ["type": "integer", "description": "Of all variants."],
                    "duration_seconds": ["type": "number", "x-unit": "s", "description": "Of all variants."],
                    "variants": ["type": "array", "items": EncodedSource.schema],
                    "statistics": ["type": "object", "description": "Least, greatest, mean and deviation of every parameter."],
                ],
            ])
    }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(400) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try VariantRanges(parameters.ranges)
        try parameters.encoding.check(preset)
        guard parameters.encoding.sound != .copy, parameters.encoding.place != .hardware else {
            throw VideoError.outputSetting("variants are encoded anew on the processor: no audio: copy, no encoder: hardware")
        }
    }

    private static var preset: PlatformPreset {
        var preset = PlatformPreset.named(.custom)
        preset.speed = .veryfast
        return preset
    }

    private struct Work {
        let variant: Variant
        let name: String
        let chain: VideoChain
        let target: VideoTarget
        let sound: AudioTarget?
        let rendition: Rendition
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let ranges = try VariantRanges(parameters.ranges)
        let variants = (0..<parameters.count).map { Variant(index: $0, seed: parameters.seed, ranges: ranges) }
        let probe = try FrameSource(path: context.inputs[0].path)
        let size = max(most(VideoChain.shown(probe), ranges), 1)
        let groups = stride(from: 0, to: variants.count, by: size).map { Array(variants[$0..<min($0 + size, variants.count)]) }
        var rows: [(variant: Variant, name: String, output: [String: JSONValue])] = []
        for (number, group) in groups.enumerated() {
            rows += try pass(group, parameters, context) { fraction in
                context.report((Double(number) + fraction) / Double(groups.count), "encoding")
            }
        }
        let mapping = VariantMapping(seed: parameters.seed, rows: rows)
        let outputs = rows.map { JSONValue.object($0.output) }
        let container = parameters.encoding.container(preset)
        var files = rows.map { JobOutput.File(name: $0.name, mediaType: container.mediaType) }
        for (bytes, ending, type) in [
            (Bytes(mapping.csv.utf8), "csv", "text/csv"), (mapping.document.serialized(pretty: true), "json", "application/json"),
        ] {
            let name = OutputName.derived(
                from: context.inputs[0].name, suffix: "variants", fileExtension: ending, fallback: "video")
            files.append(try context.write(bytes, named: name, mediaType: type))
        }
        return JobOutput(
            files: files,
            measurements: .object(
                EncodedSource.handled(outputs).merging([
                    "variants": .array(outputs), "statistics": mapping.statistics, "decodings": JSONValue(groups.count),
                ]) { $1 }))
    }

    /// How many are encoded at a time, so that memory stays bounded: the pixels of two in high definition. An encoder of such pictures
    /// holds 137 MB; to decode once more takes a seventh of the time that one of them does.
    private static func most(_ shown: PictureSize, _ ranges: VariantRanges) -> Int {
        let scale = ranges.ranges[.scale]?.upperBound ?? 1
        return Int(2 * 1920 * 1088 / (Double(shown.width * shown.height) * scale * scale))
    }

    /// Makes some of the variants in one pass.
    private static func pass(
        _ variants: [Variant], _ parameters: Parameters, _ context: JobContext, progress: (Double) -> Void
    ) throws -> [(variant: Variant, name: String, output: [String: JSONValue])] {
        let input = context.inputs[0]
        // The encoders have the cores, and a decoder that runs ahead holds frames.
        var decoding = VideoDecoding()
        decoding.threads = 1
        let pass = try MediaPass(path: input.path, wantsAudio: parameters.encoding.sound != .none, decoding: decoding)
        guard let source = pass.video else { throw MediaError.noVideo }
        let container = parameters.encoding.container(preset)
        // Headers of what was written into a pipe tell no duration: then the packets do.
        let trims = variants.contains { $0[.trimEnd] > 0 }
        let duration = try pass.duration ?? (trims ? FrameIndex(path: input.path).end : nil)
        let works = try variants.map { variant -> Work in
            var wanted = parameters.encoding.videoTarget(preset)
            // Bytes are the same on every machine only with as many threads on each.
            (wanted.threads, wanted.isBitExact, wanted.place, wanted.lookahead) = (1, true, .software, 4)
            var wishes = variant.wishes(source)
            // Players of h264 know no high dynamic range.
            wishes.isStandardRange = wanted.codec == .h264
            let (chain, target) = try Transcoder.complete(wanted, wishes, source)
            var sound = pass.audio.flatMap { parameters.encoding.audioTarget($0.format, container, preset) }
            sound?.isBitExact = true
            let number = String(String(1000 + variant.index + 1).dropFirst())
            let name = OutputName.derived(
                from: input.name, suffix: "variant-" + number, fileExtension: container.fileExtension, fallback: "video")
            let writer = try MediaWriter(path: context.outputFolder + "/" + name, container: container, isBitExact: true)
            let rendition = try Rendition(
                writer, source: source, video: .init(filters: chain.description, target: target),
                audio: sound.map { .encoded($0, filters: variant.soundFilters) } ?? .none,
                window: variant.window(duration: duration))
            return Work(variant: variant, name: name, chain: chain, target: target, sound: sound, rendition: rendition)
        }
        var heard = 0.0
        let crew = RenditionCrew(works.map(\.rendition))
        try pass.run { frame in
            try crew.take(frame)
        } onSound: { samples in
            for work in works { try work.rendition.take(samples, from: heard) }
            heard += Double(samples.frameCount) / Double(samples.format.sampleRate)
        } progress: {
            progress($0)
        }
        return try works.map { work in
            let outcome = try work.rendition.finish()
            let document = EncodedSource.document(outcome, work.chain, work.target, audio: work.sound, isCopy: false)
            return (work.variant, work.name, document)
        }
    }
}
