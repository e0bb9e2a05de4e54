package import Contracts
package import Jobs
package import Media
package import Primitives
import VideoAPI

/// `video.poster`: the frames of a video that are best to look at.
package enum PosterOperation: Operation {
    package struct Parameters: Sendable {
        package var count = 1
        package var format = StillFormat.jpeg
        package var quality = 92
        package var width: Int?
        package var height: Int?
    }

    package static var name: String { VideoService.OperationName.poster }
    package static var summary: String { "Finds the best frames of a video: sharp, well exposed, neither black nor blurred." }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.integer("count", \.count, in: 1...20, "How many, the best first; different ones as far as there are.")
        Field.choice("format", \.format, "Format of the pictures.")
        Field.integer("quality", \.quality, in: 1...100, "From small (1) to best (100); PNG loses nothing at any.")
        Field.integer("width", \.width, in: 1...16_384, unit: "px", "Pixels at most; the shape is kept, nothing is enlarged.")
        Field.integer("height", \.height, in: 1...16_384, unit: "px", "Pixels at most; the shape is kept, nothing is enlarged.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The pictures, the best first.",
            measurements: [
                "type": "object", "required": ["candidates", "pictures"],
                "properties": [
                    "frames": ["type": "integer", "description": "That were looked at."],
                    "duration_seconds": ["type": "number", "x-unit": "s", "description": "Of the video."],
                    "candidates": ["type": "integer"],
                    "pictures": [
                        "type": "array",
                        "items": ["type": "object", "properties": .object(CandidateFrames.Candidate.properties)],
                    ],
                ],
            ])
    }
    package static var memory: ByteSize { .mib(256) }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let input = context.inputs[0]
        let index = try FrameIndex(path: input.path)
        let found = try CandidateFrames(path: input.path, index: index) { context.report(0.8 * $0, "looking at frames") }
        let best = found.best(parameters.count)
        let files = try PictureFiles(folder: context.outputFolder, archive: nil)
        for (place, candidate) in best.enumerated() {
            let sampler = try FrameSampler(path: input.path, index: index, times: [candidate.time])
            guard let frame = try sampler.next() else { throw VideoError.noPictures }
            let maker = try StillMaker(
                sampler.format, rotation: sampler.rotation, color: sampler.color, parameters.format, quality: parameters.quality,
                width: parameters.width, height: parameters.height)
            try files.add(
                await maker.picture(of: frame), parameters.format, named: input.name,
                suffix: best.count == 1 ? "poster" : "poster-\(place + 1)")
        }
        return JobOutput(
            files: files.files,
            measurements: [
                "candidates": JSONValue(found.all.count), "pictures": .array(best.map(\.document)),
                "frames": JSONValue(found.all.count), "duration_seconds": .number(index.duration.rounded(decimals: 3)),
            ])
    }
}
