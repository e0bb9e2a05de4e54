import Media

/// Makes pictures of a format from a video's frames: upright, of square pixels, in colours that a screen shows.
///
/// An actor, so that one core makes a picture while the other decodes the next frame.
actor StillMaker {
    /// Pixels of the pictures.
    nonisolated let width: Int
    nonisolated let height: Int
    private let graph: VideoFilterGraph
    /// What is left to do after the graph; `nil` where it does everything.
    private let colors: JPEGColors?
    private let encoder: StillEncoder

    /// - Parameters:
    ///   - format: of the frames; `rotation` and `color` as the video tells them.
    ///   - still: of the pictures.
    ///   - quality: 1 to 100.
    ///   - width: pixels at most; `nil` for any. `height` likewise; nothing is enlarged.
    /// - Throws: `MediaError.filter`, `.unsupported`.
    init(
        _ format: VideoFormat, rotation: Int, color: MediaInfo.Color, _ still: StillFormat, quality: Int, width: Int?, height: Int?
    ) throws(MediaError) {
        let isUsual = format.pixelFormatName == "yuv420p" && color.range != "pc" && !color.isHighDynamicRange
        colors = still == .jpeg && isUsual ? JPEGColors(from: color.space ?? PictureChain.usualSpace(format)) : nil
        let chain = PictureChain(
            format, rotation: rotation, color: color, width: width, height: height,
            pixelFormat: colors == nil ? still.pixelFormatName : format.pixelFormatName, isLimited: still == .webp,
            keepsCoding: colors != nil)
        graph = try VideoFilterGraph(chain.description, format: format)
        (self.width, self.height) = (chain.width, chain.height)
        encoder = StillEncoder(still, quality: quality)
    }

    /// - Returns: a whole file.
    /// - Throws: `MediaError`.
    func picture(of frame: VideoFrame) throws(MediaError) -> [UInt8] {
        let upright = try graph.apply(frame)
        return try encoder.encode(colors?.picture(of: upright) ?? upright)
    }
}
