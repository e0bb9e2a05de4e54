package import Contracts
package import Jobs
import Media
import Primitives
import VideoAPI

/// `video.probe`: what a file is made of, as a person would ask.
package enum ProbeOperation: Operation {
    package struct Parameters: Sendable {
        package var readsFrames = true
    }

    package static var name: String { VideoService.OperationName.probe }
    package static var summary: String {
        "Shows container, streams, duration, frame rate, colour, rotation, chapters, tags and key frames."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.flag(
            "frames", \.readsFrames, "Whether every frame's time is read, for what headers do not tell: variable rates, key frames."
        )
    }
    package static var cost: CostClass { .light }
    package static var output: OutputDescription { OutputDescription(measurements: ProbeDocument.schema) }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let reader = try MediaReader(path: context.inputs[0].path)
        var document = ProbeDocument.make(reader.info, decoded: try decodedFormat(context.inputs[0].path, reader.info))
        if parameters.readsFrames, reader.info.video.contains(where: { !$0.isCoverArt }) {
            document["frames"] = ProbeDocument.make(try FrameTimes(reader))
        }
        return JobOutput(measurements: .object(document))
    }

    /// The format of the first frame, where the container leaves it to the frames.
    private static func decodedFormat(_ path: String, _ info: MediaInfo) throws -> VideoFormat? {
        guard info.video.contains(where: { !$0.isCoverArt && ($0.width == 0 || $0.pixelFormat == nil) }) else { return nil }
        let decoder = try MediaReader(path: path).videoDecoder()
        _ = try decoder.next()
        return decoder.format
    }
}
