import Media
import VideoText

/// What one item of a timeline shows, on the canvas.
protocol PictureSource: AnyObject {
    /// The picture at a frame of the item; frames are asked for in order.
    /// - Returns: a picture that stays as it is until the next call.
    func picture(_ frame: Int) throws -> VideoFrame
    /// Another number for each different picture that was given.
    var version: Int { get }
}

extension PictureSource {
    var version: Int { 0 }
}

extension Composition.Canvas {
    var colors: PictureColors { .luma(space: "bt709", isFullRange: false) }
}

/// One colour.
final class ColorPictures: PictureSource {
    private let picture: VideoFrame

    init(_ color: TextColor, canvas: Composition.Canvas) throws(MediaError) {
        picture = try VideoFrame.blank(width: canvas.width, height: canvas.height, pixelFormat: "yuv420p", color: .canvas)
        picture.fill(canvas.colors.samples(color))
    }

    func picture(_: Int) -> VideoFrame { picture }
}

/// A single picture, brought to the canvas once.
final class StillPictures: PictureSource {
    private let picture: VideoFrame

    /// - Throws: `MediaError`.
    init(path: String, canvas: Composition.Canvas, fit: Composition.Fit) throws(MediaError) {
        picture = try Self.load(path, canvas: canvas, fit: fit)
    }

    func picture(_: Int) -> VideoFrame { picture }

    /// - Throws: `MediaError`.
    static func load(_ path: String, canvas: Composition.Canvas, fit: Composition.Fit) throws(MediaError) -> VideoFrame {
        let still = try StillDecoder.decode(path: path).opaque(canvas.background)
        let unknown = MediaInfo.Color(space: "bt470bg", transfer: nil, primaries: nil, range: nil)
        let fitter = try CanvasFitter(still.pictureFormat, rotation: 0, color: unknown, canvas: canvas, fit: fit)
        return try fitter.fit(still)
    }
}

/// A part of a video. Each frame of the timeline shows what the video shows at that time, whatever its own rate.
final class ClipPictures: PictureSource {
    /// Seconds by which a frame's time may be rounded up by its container, which counts milliseconds.
    private static let rounding = 0.001

    private let source: WholeFrames
    private let from: Double
    private let rate: Ratio
    private let fitter: CanvasFitter
    private var current: VideoFrame
    private var next: VideoFrame?
    private var shown: VideoFrame?
    private(set) var version = 0

    /// - Throws: `MediaError`.
    init(path: String, from: Double, canvas: Composition.Canvas, fit: Composition.Fit) throws(MediaError) {
        let frames = try FrameSource(path: path, from: from)
        source = try WholeFrames(frames)
        (self.from, rate) = (from, canvas.frameRate)
        fitter = try CanvasFitter(source.format, rotation: frames.rotation, color: frames.color, canvas: canvas, fit: fit)
        guard let first = try source.next() else { throw .noFrames }
        current = first
        next = try source.next()
    }

    func picture(_ frame: Int) throws -> VideoFrame {
        let time = from + Double(frame * rate.denominator) / Double(rate.numerator)
        while let following = next, following.time <= time + Self.rounding {
            (current, shown) = (following, nil)
            next = try source.next()
        }
        if let shown { return shown }
        let fitted = try fitter.fit(current)
        (shown, version) = (fitted, version + 1)
        return fitted
    }
}
