import Media

/// A single picture that a camera moves over: between pixels as well, so that slow movements do not jerk.
final class MovingStill: PictureSource {
    /// How much larger than the canvas the picture is kept at most.
    private static let largest = 3.0

    private let picture: VideoFrame
    private let canvas: Composition.Canvas
    private let motion: Composition.Motion
    private let frames: Int
    private let pool: PicturePool
    private(set) var version = 0

    /// - Parameter frames: of the item.
    /// - Throws: `MediaError`.
    init(
        path: String, canvas: Composition.Canvas, fit: Composition.Fit, motion: Composition.Motion, frames: Int
    ) throws(MediaError) {
        (self.canvas, self.motion, self.frames, pool) = (canvas, motion, frames, PicturePool(canvas))
        let zoom = min(Self.largest, max(motion.from.zoom, motion.to.zoom))
        var large = canvas
        large.width = Int(Double(canvas.width) * zoom) / 2 * 2
        large.height = Int(Double(canvas.height) * zoom) / 2 * 2
        picture = try StillPictures.load(path, canvas: large, fit: fit)
    }

    func picture(_ frame: Int) throws -> VideoFrame {
        let part = frames > 1 ? Double(frame) / Double(frames - 1) : 0
        func between(_ value: (Composition.View) -> Double) -> Double { value(motion.from) * (1 - part) + value(motion.to) * part }
        let zoom = between(\.zoom)
        let (width, height) = (1 / zoom, 1 / zoom)
        let left = max(0, min(1 - width, between(\.x) - width / 2))
        let top = max(0, min(1 - height, between(\.y) - height / 2))
        version += 1
        let target = try pool.take(except: [])
        for (to, from) in zip(target.planes, picture.planes) {
            PictureSampler(from: from, left: left, top: top, width: width, height: height).draw(on: to)
        }
        return target
    }
}
