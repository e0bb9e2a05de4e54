import Media
import VideoText

/// Brings the frames of one source to the canvas.
final class CanvasFitter {
    private let graph: VideoFilterGraph?
    private let canvas: Composition.Canvas
    private let background: [UInt8]
    private let pool: PicturePool

    /// - Parameter color: what the frames say of their colours.
    /// - Throws: `MediaError`.
    init(
        _ format: VideoFormat, rotation: Int, color: MediaInfo.Color, canvas: Composition.Canvas, fit: Composition.Fit
    ) throws(MediaError) {
        let chain = CanvasChain(format, rotation: rotation, color: color, canvas: (canvas.width, canvas.height), fit: fit)
        graph = try chain.description.map { description throws(MediaError) in try VideoFilterGraph(description, format: format) }
        (self.canvas, background, pool) = (canvas, canvas.colors.samples(canvas.background), PicturePool(canvas))
    }

    /// - Returns: a picture that stays as it is until the next call.
    /// - Throws: `MediaError`.
    func fit(_ frame: VideoFrame) throws(MediaError) -> VideoFrame {
        let fitted = try graph?.apply(frame) ?? frame
        if fitted.width == canvas.width, fitted.height == canvas.height { return fitted }
        let whole = try pool.take(except: [])
        whole.fill(background)
        whole.put(fitted, atX: (canvas.width - fitted.width) / 4 * 2, y: (canvas.height - fitted.height) / 4 * 2)
        return whole
    }
}
