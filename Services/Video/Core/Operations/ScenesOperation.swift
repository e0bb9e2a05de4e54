package import Contracts
import FoundationEssentials
package import Jobs
import Media
package import Primitives
import VideoAPI

/// `video.scenes`: where one scene ends and the next begins.
package enum ScenesOperation: Operation {
    package enum Method: String, CaseIterable, Sendable {
        case shots, adaptive, content, threshold, histogram, hash
    }

    package struct Parameters: Sendable {
        package var method = Method.shots
        package var threshold: Double?
        package var shortestScene = 0.6
        package var formats = "json,csv"
    }

    package static var name: String { VideoService.OperationName.scenes }
    package static var summary: String { "Finds the scenes of a video; lists for editing programs, statistics of every frame." }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.choice(
            "detector", \.method,
            "How scenes are told apart: `shots` finds cuts, dissolves and fades; `threshold` fades through black; the others cuts.")
        Field.number(
            "threshold", \.threshold, in: 0...255,
            "The detector's own; where not given: shots 7, adaptive 3, content 27, threshold 12, histogram 0.05, hash 0.395."
        )
        Field.number("minimum_scene_s", \.shortestScene, in: 0...60, unit: "s", "How long a scene lasts at least.")
        Field.text(
            "formats", \.formats,
            "What to write, separated by commas: " + SceneFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "One file for each format.",
            measurements: [
                "type": "object", "required": ["scenes", "frames", "frame_rate", "duration_seconds"],
                "properties": [
                    "scenes": ["type": "integer"], "dissolves": ["type": "integer"], "fades": ["type": "integer"],
                    "frames": ["type": "integer"],
                    "frame_rate": ["type": "number", "x-unit": "1/s"],
                    "duration_seconds": ["type": "number", "x-unit": "s"],
                ],
            ])
    }
    package static var memory: ByteSize { .mib(256) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try FormatList<SceneFormat>(parameters.formats)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let formats = try FormatList<SceneFormat>(parameters.formats).formats
        var measures: [String] = []
        let analysis = try SceneAnalysis(
            path: context.inputs[0].path, decoding: .analysis, keepsMeasures: formats.contains(.stats),
            makeDetector: { rate in
                let detector = Self.detector(parameters, rate)
                measures = type(of: detector).measures
                return detector
            }, progress: { context.report($0, "looking") })
        let files = try formats.map { format in
            let name = OutputName.derived(
                from: context.inputs[0].name, suffix: format.suffix, fileExtension: format.fileExtension, fallback: "video")
            try Data(format.render(analysis, name: context.inputs[0].name, measures: measures)).write(
                to: URL(filePath: context.outputFolder + "/" + name))
            return JobOutput.File(name: name, mediaType: format.mediaType)
        }
        return JobOutput(
            files: files,
            measurements: [
                "scenes": JSONValue(analysis.scenes.count), "dissolves": JSONValue(analysis.count(.dissolve)),
                "fades": JSONValue(analysis.count(.fade)), "frames": JSONValue(analysis.times.count),
                "frame_rate": .number(analysis.frameRate.rounded(decimals: 4)),
                "duration_seconds": .number((analysis.scenes.last?.end ?? 0).rounded(decimals: 3)),
            ])
    }

    private static func detector(_ parameters: Parameters, _ rate: Double) -> any SceneDetector {
        let (threshold, shortestScene) = (parameters.threshold, Int((parameters.shortestScene * rate).rounded()))
        return switch parameters.method {
        case .shots: ShotDetector(threshold: threshold ?? 7, shortestScene: shortestScene, frameRate: rate)
        case .adaptive: AdaptiveDetector(threshold: threshold ?? 3, shortestScene: shortestScene)
        case .content: ContentDetector(threshold: threshold ?? 27, shortestScene: shortestScene)
        case .threshold: FadeDetector(threshold: threshold ?? 12, shortestScene: shortestScene)
        case .histogram: HistogramDetector(threshold: threshold ?? 0.05, shortestScene: shortestScene)
        case .hash: HashDetector(threshold: threshold ?? 0.395, shortestScene: shortestScene)
        }
    }
}
