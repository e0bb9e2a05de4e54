package import Contracts
package import Jobs
package import Media
package import Primitives
import VideoAPI

/// `video.sheet`: a contact sheet, one picture that shows what a video is about.
package enum SheetOperation: Operation {
    package struct Parameters: Sendable {
        package var columns = 4
        package var rows = 4
        package var width = 1600
        package var gap = 8
        package var showsTimes = true
        package var format = StillFormat.jpeg
        package var quality = 90
    }

    /// Frames of each part that are looked at.
    private static let candidates = 4
    /// Red, green and blue of what shows between the pictures.
    private static let background: (UInt8, UInt8, UInt8) = (18, 18, 20)

    package static var name: String { VideoService.OperationName.sheet }
    package static var summary: String { "Makes a contact sheet of a video: the best frame of each of its parts, with the time." }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.integer("columns", \.columns, in: 1...20, "Pictures beside each other.")
        Field.integer("rows", \.rows, in: 1...50, "Pictures below each other.")
        Field.integer("width", \.width, in: 64...16_384, unit: "px", "Of the whole sheet.")
        Field.integer("gap", \.gap, in: 0...200, unit: "px", "Between the pictures and around them.")
        Field.flag("times", \.showsTimes, "Whether each picture tells when it is seen.")
        Field.choice("format", \.format, "Format of the sheet.")
        Field.integer("quality", \.quality, in: 1...100, "From small (1) to best (100); PNG loses nothing at any.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The sheet.",
            measurements: [
                "type": "object", "required": ["pictures", "width", "height", "times_seconds"],
                "properties": [
                    "frames": ["type": "integer", "description": "That were looked at."],
                    "duration_seconds": ["type": "number", "x-unit": "s", "description": "Of the video."],
                    "pictures": ["type": "integer"], "width": ["type": "integer", "x-unit": "px"],
                    "height": ["type": "integer", "x-unit": "px"],
                    "times_seconds": ["type": "array", "items": ["type": "number"]],
                ],
            ])
    }
    package static var memory: ByteSize { .mib(256) }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let input = context.inputs[0]
        let index = try FrameIndex(path: input.path)
        let (times, looked) = try bestTimes(parameters.columns * parameters.rows, input.path, index, context)
        let sampler = try FrameSampler(path: input.path, index: index, times: times)
        guard let first = try sampler.next() else { throw VideoError.noPictures }
        let width = max(1, (parameters.width - parameters.gap) / parameters.columns - parameters.gap)
        let chain = PictureChain(
            sampler.format, rotation: sampler.rotation, color: sampler.color, width: width, height: nil, pixelFormat: "rgb24")
        let graph = try VideoFilterGraph(chain.description, format: sampler.format)
        let rows = (times.count + parameters.columns - 1) / parameters.columns
        let height = rows * (chain.height + parameters.gap) + parameters.gap
        guard parameters.width * height <= MediaLimits().pixels else { throw VideoError.tooLarge(parameters.width, height) }
        var canvas = Canvas(width: parameters.width, height: height, color: background)
        var shown: [Double] = []
        var next: VideoFrame? = first
        while let frame = next {
            let (column, row) = (shown.count % parameters.columns, shown.count / parameters.columns)
            let x = parameters.gap + column * (width + parameters.gap) + (width - chain.width) / 2
            let y = parameters.gap + row * (chain.height + parameters.gap)
            try canvas.put(graph.apply(frame), atX: x, y: y)
            if parameters.showsTimes {
                let scale = max(1, chain.width / 160)
                // Short videos show tenths in place of hours.
                let time = Timecode(frame.time).description
                let text = String(index.lastTime < 60 ? time.dropFirst(3).dropLast(2) : time.dropLast(4))
                canvas.write(text, atX: x + 2 * scale, y: y + chain.height - 11 * scale, scale: scale)
            }
            shown.append(frame.time.rounded(decimals: 3))
            context.report(0.6 + 0.4 * Double(shown.count) / Double(times.count), "placing pictures")
            next = try sampler.next()
        }
        let sheet = try VideoFrame.picture(width: canvas.width, height: canvas.height, samples: canvas.samples)
        let files = try PictureFiles(folder: context.outputFolder, archive: nil)
        try files.add(sheet, parameters.format, parameters.quality, named: input.name, suffix: "sheet")
        return JobOutput(
            files: files.files,
            measurements: [
                "pictures": JSONValue(shown.count), "width": JSONValue(canvas.width), "height": JSONValue(canvas.height),
                "times_seconds": .array(shown.map(JSONValue.number)), "frames": JSONValue(looked),
                "duration_seconds": .number(index.duration.rounded(decimals: 3)),
            ])
    }

    /// The time of the best frame of each of so many equal parts, and how many frames were looked at.
    private static func bestTimes(
        _ count: Int, _ path: String, _ index: FrameIndex, _ context: JobContext
    ) throws -> (times: [Double], looked: Int) {
        let parts = min(count, index.count)
        let (length, keys) = ((index.lastTime + 0.001) / Double(parts), index.keyFrameTimes)
        let times = (0..<parts).map { part in
            CandidateFrames.times(in: Double(part) * length..<Double(part + 1) * length, count: candidates, keyFrames: keys)
        }
        let total = times.reduce(0) { $0 + $1.count }
        let found = try CandidateFrames(path: path, index: index, times: times.flatMap { $0 }) { done in
            context.report(0.6 * Double(done) / Double(total), "looking at frames")
        }
        let best = (0..<parts).compactMap { part -> Double? in
            let range = Double(part) * length..<Double(part + 1) * length
            // A frame asked for at the beginning of a part may begin a little before it.
            let own = found.all.filter { range.contains($0.time) || times[part].contains($0.time) }
            return own.max { $0.quality.score < $1.quality.score }?.time ?? times[part].first
        }
        return (best, found.all.count)
    }
}
