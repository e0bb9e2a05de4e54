package import Contracts
package import Jobs
package import Media
package import Primitives
import VideoAPI

/// `video.frames`: single frames of a video as pictures.
package enum FramesOperation: Operation {
    package enum Choice: String, CaseIterable, Sendable {
        case every, times, keys, scenes
    }

    package enum Packing: String, CaseIterable, Sendable {
        case auto, zip, files
    }

    package struct Parameters: Sendable {
        package var choice = Choice.every
        package var interval = 1.0
        package var times = ""
        package var format = StillFormat.jpeg
        package var quality = 90
        package var width: Int?
        package var height: Int?
        package var most = 1000
        package var packing = Packing.auto
    }

    package static var name: String { VideoService.OperationName.frames }
    package static var summary: String {
        "Takes single frames out of a video, as pictures: every so often, at times, key frames, scenes."
    }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.choice(
            "frames", \.choice,
            "Which: `every` so many seconds, at `times`, all `keys` (key frames), or the middle of each of the `scenes`.")
        Field.number("interval_s", \.interval, in: 0.01...86_400, unit: "s", "Seconds from one to the next, with `every`.")
        Field.text(
            "times", \.times, "With `times`: seconds or hours, minutes and seconds, separated by commas: 3.5, 1:02, 0:01:02.5.")
        Field.choice("format", \.format, "Format of the pictures.")
        Field.integer("quality", \.quality, in: 1...100, "From small (1) to best (100); PNG loses nothing at any.")
        Field.integer("width", \.width, in: 1...16_384, unit: "px", "Pixels at most; the shape is kept, nothing is enlarged.")
        Field.integer("height", \.height, in: 1...16_384, unit: "px", "Pixels at most; the shape is kept, nothing is enlarged.")
        Field.integer("most", \.most, in: 1...20_000, "More frames than this are refused.")
        Field.choice(
            "packing", \.packing, "One `zip`, single `files`, or `auto`: a ZIP for over \(PictureFiles.mostSingle) pictures.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The pictures, or one ZIP archive with all of them.",
            measurements: [
                "type": "object", "required": ["frames", "width", "height", "times_seconds"],
                "properties": [
                    "frames": ["type": "integer"], "width": ["type": "integer", "x-unit": "px"],
                    "height": ["type": "integer", "x-unit": "px"], "video_frames": ["type": "integer"],
                    "duration_seconds": ["type": "number", "x-unit": "s", "description": "Of the video."],
                    "times_seconds": ["type": "array", "items": ["type": "number"]],
                ],
            ])
    }
    package static var memory: ByteSize { .mib(256) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        if parameters.choice == .times { _ = try FrameTimeList(parameters.times) }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let input = context.inputs[0]
        let index = try FrameIndex(path: input.path)
        let times = try times(parameters, input.path, index, context)
        guard times.count <= parameters.most else { throw VideoError.tooManyFrames(times.count, most: parameters.most) }
        let isArchive = parameters.packing == .zip || parameters.packing == .auto && times.count > PictureFiles.mostSingle
        let archive = OutputName.derived(from: input.name, suffix: "frames", fileExtension: "zip", fallback: "video")
        let files = try PictureFiles(folder: context.outputFolder, archive: isArchive ? archive : nil)
        let pictures = FramePictures(
            format: parameters.format, quality: parameters.quality, width: parameters.width, height: parameters.height)
        let found = try await pictures.write(
            input.path, index: index, at: times, to: files, named: input.name,
            suffix: { number, _ in String(String(100_000 + number).dropFirst()) }, progress: { context.report($0, "taking frames") }
        )
        try files.finish()
        return JobOutput(
            files: files.files,
            measurements: [
                "frames": JSONValue(found.times.count), "width": JSONValue(found.width), "height": JSONValue(found.height),
                "video_frames": JSONValue(index.count), "duration_seconds": .number(index.duration.rounded(decimals: 3)),
                "times_seconds": .array(found.times.prefix(2000).map { .number($0.rounded(decimals: 3)) }),
            ])
    }

    /// Seconds of the wanted frames.
    private static func times(
        _ parameters: Parameters, _ path: String, _ index: FrameIndex, _ context: JobContext
    ) throws -> [Double] {
        switch parameters.choice {
        case .every:
            // The last time is as exact as a sum of tenths can be.
            let count = Int((index.lastTime / parameters.interval + 1e-6).rounded(.down)) + 1
            guard count <= parameters.most else { throw VideoError.tooManyFrames(count, most: parameters.most) }
            return (0..<count).map { Double($0) * parameters.interval }
        case .times:
            let times = try FrameTimeList(parameters.times).seconds
            // The last frame is seen for a while; a second is room enough for what people read off a player.
            if let late = times.first(where: { $0 > index.lastTime + 1 }) {
                throw VideoError.afterTheEnd(late, end: index.lastTime)
            }
            return times
        case .keys: return index.keyFrameTimes
        case .scenes:
            let analysis = try SceneAnalysis(
                path: path, decoding: .analysis, keepsMeasures: false,
                makeDetector: { rate in
                    ShotDetector(threshold: 7, shortestScene: Int((0.6 * rate).rounded()), frameRate: rate)
                }, progress: { context.report($0 * 0.7, "finding scenes") })
            return analysis.scenes.map { ($0.start + $0.end) / 2 }
        }
    }
}
