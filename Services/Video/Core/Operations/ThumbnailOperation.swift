package import Contracts
package import Jobs
package import Media
package import Primitives
import VideoAPI
import VideoText

/// `video.thumbnail`: pictures that stand for a video, with text that can be read on them.
package enum ThumbnailOperation: Operation {
    package struct Parameters: WritesText {
        package var title = ""
        package var count = 3
        package var width: Int?
        package var height: Int?
        package var choosesColors = true
        package var text = TextSettings()
        package var format = StillFormat.jpeg
        package var quality = 92

        init() { (text.size, text.outline) = (14, 8) }
    }

    package static var name: String { VideoService.OperationName.thumbnail }
    package static var summary: String {
        "Makes pictures that stand for a video: its best frames in a platform's size, with text in colours that can be read."
    }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.text("text", \.title, maximumLength: 300, "What is written on them; empty for pictures alone.")
        Field.integer("count", \.count, in: 1...20, "How many, the best first; different ones as far as there are.")
        Field.integer(
            "width", \.width, in: 16...8192, unit: "px", "By default what the platform of safe_area wants, else the video's.")
        Field.integer(
            "height", \.height, in: 16...8192, unit: "px", "By default what the platform of safe_area wants, else the video's.")
        Field.flag("auto_colors", \.choosesColors, "Whether the colours of the text are chosen by what is behind it.")
        Parameters.textFields
        Field.choice("format", \.format, "Format of the pictures.")
        Field.integer("quality", \.quality, in: 1...100, "From small (1) to best (100); PNG loses nothing at any.")
    }
    package static var output: OutputDescription {
        let text: [String: JSONValue] = [
            "text_color": ["type": "string"], "text_contrast": ["type": "number"], "text_box": ["type": "boolean"],
        ]
        let properties = CandidateFrames.Candidate.properties.merging(text) { first, _ in first }
        return OutputDescription(
            files: "The pictures, the best first.",
            measurements: [
                "type": "object", "required": ["pictures", "width", "height"],
                "properties": [
                    "width": ["type": "integer", "x-unit": "px"], "height": ["type": "integer", "x-unit": "px"],
                    "frames": ["type": "integer", "description": "That were looked at."],
                    "duration_seconds": ["type": "number", "x-unit": "s", "description": "Of the video."],
                    "warnings": MissingLetters.schema,
                    "pictures": [
                        "type": "array",
                        "items": ["type": "object", "properties": .object(properties)],
                    ],
                ],
            ])
    }
    package static var memory: ByteSize { .mib(256) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        if !parameters.title.isEmpty { try parameters.text.check() }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        try check(parameters, resources: context.resources)
        let input = context.inputs[0]
        let index = try FrameIndex(path: input.path)
        let found = try CandidateFrames(path: input.path, index: index) { context.report(0.8 * $0, "looking at frames") }
        let files = try PictureFiles(folder: context.outputFolder, archive: nil)
        var (pictures, size, missing) = ([JSONValue](), (width: 0, height: 0), MissingLetters())
        for candidate in found.best(parameters.count) {
            let picture = try picture(input.path, index, candidate.time, parameters)
            size = (picture.width, picture.height)
            var document = candidate.document.objectValue ?? [:]
            if !parameters.title.isEmpty { document.merge(try write(parameters, on: picture, &missing)) { $1 } }
            pictures.append(.object(document))
            try files.add(
                picture, parameters.format, parameters.quality, named: input.name, suffix: "thumbnail-\(pictures.count)")
        }
        return JobOutput(
            files: files.files,
            measurements: [
                "pictures": .array(pictures), "width": JSONValue(size.width), "height": JSONValue(size.height),
                "frames": JSONValue(found.all.count), "duration_seconds": .number(index.duration.rounded(decimals: 3)),
                "warnings": missing.warnings,
            ])
    }

    /// A frame as it is seen, in the size that is wanted.
    private static func picture(
        _ path: String, _ index: FrameIndex, _ time: Double, _ parameters: Parameters
    ) throws -> VideoFrame {
        let sampler = try FrameSampler(path: path, index: index, times: [time])
        guard let frame = try sampler.next() else { throw VideoError.noPictures }
        let upright = PictureChain(
            sampler.format, rotation: sampler.rotation, color: sampler.color, width: nil, height: nil, pixelFormat: "rgb24")
        let usual = parameters.text.safeArea.thumbnail
        let (width, height) = (parameters.width ?? usual?.width, parameters.height ?? usual?.height)
        let shape = Double(upright.width) / Double(upright.height)
        let wide = width ?? height.map { max(1, Int((Double($0) * shape).rounded())) } ?? upright.width
        let high = height ?? width.map { max(1, Int((Double($0) / shape).rounded())) } ?? upright.height
        // What does not fit the shape is cut off at both sides.
        let chain =
            upright.description
            + ",scale=\(wide):\(high):force_original_aspect_ratio=increase:flags=bicubic,crop=\(wide):\(high),format=rgb24"
        let picture = try VideoFilterGraph(chain, format: sampler.format).apply(frame)
        try picture.makeWritable()
        return picture
    }

    /// Writes the text.
    /// - Parameter missing: gets the letters that no font has.
    /// - Returns: what is measured of it.
    private static func write(
        _ parameters: Parameters, on picture: VideoFrame, _ missing: inout MissingLetters
    ) throws -> [String: JSONValue] {
        func layer(_ style: TextStyle) throws -> TextLayer? {
            var script = TextScript(width: picture.width, height: picture.height)
            script.add(TextMarkup(parameters.title), style, from: 0, to: 1)
            let renderer = try TextRenderer(
                script: script.text, width: picture.width, height: picture.height, colors: .rgb, chromaShifts: (0, 0))
            let layer = renderer.layer(at: 0.5)
            missing = renderer.missingLetters
            return layer
        }
        var style = try parameters.text.style(width: picture.width, height: picture.height)
        guard let plain = try layer(style) else { return [:] }
        let contrast = TextContrast(picture, area: plain.bounds)
        if parameters.choosesColors {
            (style.color, style.outlineColor) = (contrast.color, contrast.outline)
            if contrast.needsBox, style.backing != .box {
                style.backing = .box
                style.boxColor = contrast.outline
                style.boxColor.opacity = 190
            }
        }
        try layer(style)?.draw(on: picture)
        return [
            "text_color": .string(style.color.text), "text_contrast": .number(contrast.ratio.rounded(decimals: 2)),
            "text_box": .bool(style.backing == .box),
        ]
    }
}

extension SafeArea {
    /// The size that a platform shows pictures of videos in, pixels; `nil` where there is none.
    /// Source: the platforms' guides to uploading (2024).
    fileprivate var thumbnail: (width: Int, height: Int)? {
        switch self {
        case .youtube: (1280, 720)
        case .shorts, .tiktok, .reels: (1080, 1920)
        case .x: (1200, 675)
        case .linkedin: (1200, 627)
        case .standard, .none: nil
        }
    }
}
