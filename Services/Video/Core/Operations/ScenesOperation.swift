package import Contracts
package import Jobs
import Media
package import Primitives
import VideoAPI

/// `video.scenes`: where one scene ends and the next begins.
package enum ScenesOperation: Operation {
    package enum Method: String, CaseIterable, Sendable {
        case shots, adaptive, content, threshold, histogram, hash
    }

    /// How the picture of each scene is written.
    package enum Pictures: String, CaseIterable, Sendable {
        case none, jpeg, png, webp
    }

    package struct Parameters: Sendable {
        package var method = Method.shots
        package var threshold: Double?
        package var shortestScene = 0.6
        package var formats = "json,csv"
        package var pictures = Pictures.none
        package var pictureWidth = 480
        package var most = 1000
    }

    package static var name: String { VideoService.OperationName.scenes }
    package static var summary: String { "Finds the scenes of a video; lists for editing programs, statistics of every frame." }
    /// 2: histograms are taken with the loop filter, as hashes are.
    package static var version: Int { 3 }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.choice(
            "detector", \.method,
            "How scenes are told apart: `shots` finds cuts, dissolves and fades; `threshold` fades through black; the others cuts.")
        Field.number(
            "threshold", \.threshold, in: 0...255,
            "The detector's own; where not given: shots 7, adaptive 3, content 27, threshold 12, histogram 0.2, hash 0.35."
        )
        Field.number("minimum_scene_s", \.shortestScene, in: 0...60, unit: "s", "How long a scene lasts at least.")
        Field.text(
            "formats", \.formats,
            "What to write, separated by commas: " + SceneFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        Field.choice("pictures", \.pictures, "The format of a picture of each scene, its middle frame; `none` takes none.")
        Field.integer("picture_width", \.pictureWidth, in: 16...16_384, unit: "px", "Pixels at most; nothing is enlarged.")
        Field.integer("most", \.most, in: 1...20_000, "More pictures than this are refused.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "One file for each format, and one for each picture: a ZIP where there are many.",
            measurements: [
                "type": "object", "required": ["scenes", "frames", "frame_rate", "duration_seconds"],
                "properties": [
                    "scenes": ["type": "integer"], "dissolves": ["type": "integer"], "fades": ["type": "integer"],
                    "scenes_left_out": [
                        "type": "integer", "description": "For which an edit decision list has no number.",
                    ],
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
            path: context.inputs[0].path, decoding: decoding(for: parameters.method), keepsMeasures: formats.contains(.stats),
            makeDetector: { rate in
                let detector = Self.detector(parameters, rate)
                measures = type(of: detector).measures
                return detector
            }, progress: { context.report($0 * (parameters.pictures == .none ? 1 : 0.9), "looking") })
        let (pictures, names) = try await previews(of: analysis, parameters, context)
        let files = try formats.map { format in
            let name = OutputName.derived(
                from: context.inputs[0].name, suffix: format.suffix, fileExtension: format.fileExtension, fallback: "video")
            return try context.write(
                format.render(analysis, name: context.inputs[0].name, measures: measures, pictures: names), named: name,
                mediaType: format.mediaType)
        }
        return JobOutput(
            files: files + pictures,
            measurements: [
                "scenes": JSONValue(analysis.scenes.count), "dissolves": JSONValue(analysis.count(.dissolve)),
                "fades": JSONValue(analysis.count(.fade)), "frames": JSONValue(analysis.times.count),
                "frame_rate": .number(analysis.frameRate.rounded(decimals: 4)),
                "scenes_left_out": JSONValue(formats.contains(.edl) ? EditDecisionList.left(of: analysis) : 0),
                "duration_seconds": .number((analysis.scenes.last?.end ?? 0).rounded(decimals: 3)),
            ])
    }

    /// The bits of a hash and the bins of a histogram turn on small differences, such as what the decoder's loop filter makes.
    private static func decoding(for method: Method) -> VideoDecoding {
        [.hash, .histogram].contains(method) ? VideoDecoding() : .analysis
    }

    /// Writes the middle frame of each scene.
    /// - Returns: the files, and the pictures' names by the number of their scene, from 0.
    private static func previews(
        of analysis: SceneAnalysis, _ parameters: Parameters, _ context: JobContext
    ) async throws -> (files: [JobOutput.File], names: [Int: String]) {
        guard let format = StillFormat(rawValue: parameters.pictures.rawValue) else { return ([], [:]) }
        guard analysis.scenes.count <= parameters.most else {
            throw VideoError.tooManyFrames(analysis.scenes.count, most: parameters.most)
        }
        let input = context.inputs[0]
        let archive = OutputName.derived(from: input.name, suffix: "scenes", fileExtension: "zip", fallback: "video")
        let files = try PictureFiles(
            folder: context.outputFolder, archive: analysis.scenes.count > PictureFiles.mostSingle ? archive : nil)
        let middles = analysis.scenes.map { analysis.times[($0.frames.lowerBound + $0.frames.upperBound) / 2] }
        var names: [Int: String] = [:]
        _ = try await FramePictures(format: format, quality: 90, width: parameters.pictureWidth).write(
            input.path, index: FrameIndex(path: input.path), at: middles, to: files, named: input.name,
            suffix: { _, time in
                // A frame that can not be decoded has no picture: the others keep the numbers of their scenes.
                let scene = analysis.scenes.lastIndex { $0.start <= time + 0.0005 } ?? 0
                let suffix = suffix(ofScene: scene)
                names[scene] = OutputName.derived(
                    from: input.name, suffix: suffix, fileExtension: format.fileExtension, fallback: "video")
                return suffix
            }, progress: { context.report(0.9 + 0.1 * $0, "taking pictures") })
        try files.finish()
        return (files.files, names)
    }

    /// Of a picture's name.
    /// - Parameter scene: from 0.
    static func suffix(ofScene scene: Int) -> String {
        let number = String(scene + 1)
        return "scene-" + String(repeating: "0", count: max(0, 4 - number.count)) + number
    }

    private static func detector(_ parameters: Parameters, _ rate: Double) -> any SceneDetector {
        let (threshold, shortestScene) = (parameters.threshold, Int((parameters.shortestScene * rate).rounded()))
        return switch parameters.method {
        case .shots: ShotDetector(threshold: threshold ?? 7, shortestScene: shortestScene, frameRate: rate)
        case .adaptive: AdaptiveDetector(threshold: threshold ?? 3, shortestScene: shortestScene)
        case .content: ContentDetector(threshold: threshold ?? 27, shortestScene: shortestScene)
        case .threshold: FadeDetector(threshold: threshold ?? 12, shortestScene: shortestScene)
        case .histogram: HistogramDetector(threshold: threshold ?? 0.2, shortestScene: shortestScene)
        case .hash: HashDetector(threshold: threshold ?? 0.35, shortestScene: shortestScene)
        }
    }
}
