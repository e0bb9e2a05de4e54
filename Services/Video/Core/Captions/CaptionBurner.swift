import Media
import VideoText

/// Writes a video anew with text on its pictures; the sound is taken over as it is where the container holds it.
final class CaptionBurner {
    /// Parts of the signal that stand for the white of text in video of high dynamic range.
    /// Source: ITU-R BT.2408, 2.2: graphics white is 58 % of PQ and 75 % of HLG.
    private static let (perceptualWhite, hybridWhite) = (0.58, 0.75)

    private let path: String
    private let source: FrameSource
    private let whole: WholeFrames
    private let graph: VideoFilterGraph?
    private let color: MediaInfo.Color
    private let colors: PictureColors
    private let pixelFormat: String
    /// Pixels of the pictures as they are seen.
    let width: Int
    let height: Int
    private(set) var frames = 0
    /// Frames that show text.
    private(set) var captioned = 0
    private(set) var seconds = 0.0
    private(set) var missing = MissingLetters()

    /// - Throws: `MediaError`; `.noVideo`, `.noFrames`.
    init(path: String) throws(MediaError) {
        self.path = path
        source = try FrameSource(path: path)
        whole = try WholeFrames(source)
        let upright = UprightChain(whole.format, rotation: source.rotation, color: source.color)
        (width, height, pixelFormat, color) = (upright.width, upright.height, upright.pixelFormat, upright.color)
        graph = try upright.description.map { description throws(MediaError) in
            try VideoFilterGraph(description, format: upright.input)
        }
        let white =
            switch color.transfer {
            case "smpte2084": Self.perceptualWhite
            case "arib-std-b67": Self.hybridWhite
            default: 1.0
            }
        colors = .luma(space: upright.matrix, isFullRange: color.range == "pc", white: white)
    }

    /// - Parameters:
    ///   - script: for pictures of `width` and `height`.
    ///   - progress: called with the fraction done.
    /// - Throws: `MediaError`, `TextError`.
    func run(script: String, to output: String, _ encoding: DrawnEncoding, progress: (Double) -> Void) throws {
        let renderer = try TextRenderer(script: script, width: width, height: height, colors: colors, chromaShifts: (1, 1))
        var target = encoding.target(else: color.isHighDynamicRange ? .h265 : .h264)
        (target.pixelFormat, target.color) = (pixelFormat, color)
        (target.frameRate, target.mastering) = (source.frameRate, source.mastering)
        let writer = try MediaWriter(path: output, container: encoding.file)
        var pending = try next()
        guard let first = pending else { throw MediaError.noFrames }
        let format = graph?.output ?? whole.format
        let video = try writer.addVideo(target, format: format)
        let sound = try SoundTrack(path: path, writer: writer)
        writer.tag(source.info.tags, chapters: source.info.chapters)
        let length = source.duration ?? 0
        pending = first
        while let frame = pending {
            try sound.write(until: frame.time, to: writer)
            if let layer = renderer.layer(at: frame.time) {
                try frame.makeWritable()
                layer.draw(on: frame)
                captioned += 1
            }
            try writer.write(frame, to: video)
            if length > 0 { progress(min(1, frame.time / length)) }
            pending = try next()
        }
        try sound.write(until: .infinity, to: writer)
        try writer.finish()
        frames = writer.frames(of: video).written
        seconds = source.position
        missing = renderer.missingLetters
    }

    /// The next frame as it is seen.
    private func next() throws(MediaError) -> VideoFrame? {
        guard let graph else { return try whole.next() }
        while true {
            if let frame = try graph.pull() { return frame }
            guard let frame = try whole.next() else { return nil }
            try graph.push(frame)
        }
    }
}
