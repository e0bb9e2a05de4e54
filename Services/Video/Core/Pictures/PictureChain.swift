import Media

/// The filters that turn a decoder's frames into pictures as they are meant to be seen: upright, of square pixels, in colours
/// that a screen shows.
struct PictureChain {
    /// Pixels.
    let width: Int
    let height: Int
    /// In libavfilter's own form.
    let description: String

    /// What brings high dynamic range to usual screens: light first, then their colours, then their curve.
    /// Source: the order of ITU-R BT.2390, 5.4; the curve is J. Hable's ("Filmic tonemapping", 2010).
    static let toneMapping = [
        "zscale=t=linear:npl=100", "format=gbrpf32le", "zscale=p=bt709", "tonemap=hable:desat=0", "zscale=t=bt709:m=bt709:r=tv",
    ]

    /// - Parameters:
    ///   - width: pixels at most; `nil` for any. `height` likewise; neither makes the picture larger.
    ///   - pixelFormat: of what comes out.
    ///   - matrix: the coding of what comes out, for formats of luma and chroma: `bt601` or `bt709`; `isFullRange` whether it
    ///     uses all of 0 to 255.
    init(
        _ format: VideoFormat, rotation: Int, color: MediaInfo.Color, width: Int?, height: Int?, pixelFormat: String,
        matrix: String = "bt601", isFullRange: Bool = true
    ) {
        let isTurned = rotation % 180 != 0
        let aspect = format.pixelAspect.isPositive ? format.pixelAspect.value : 1
        // Wide pixels widen the picture, narrow ones heighten it: nothing of what was recorded is lost.
        let (shownWidth, shownHeight) = (Double(format.width) * max(1, aspect), Double(format.height) * max(1, 1 / aspect))
        let (uprightWidth, uprightHeight) = isTurned ? (shownHeight, shownWidth) : (shownWidth, shownHeight)
        let scale = min(1, Double(width ?? .max) / uprightWidth, Double(height ?? .max) / uprightHeight)
        self.width = max(1, Int((uprightWidth * scale).rounded()))
        self.height = max(1, Int((uprightHeight * scale).rounded()))
        let (scaledWidth, scaledHeight) = isTurned ? (self.height, self.width) : (self.width, self.height)
        // A file that does not say has the coding that is usual for its size.
        let input = color.space == nil && (format.width >= 1280 || format.height > 576) ? ":in_color_matrix=bt709" : ""
        var links = [
            "scale=\(scaledWidth):\(scaledHeight):flags=bicubic+accurate_rnd+full_chroma_int\(input)"
                + (pixelFormat.hasPrefix("yuv") ? ":out_color_matrix=\(matrix):out_range=\(isFullRange ? "full" : "limited")" : "")
        ]
        if color.isHighDynamicRange {
            // Scaled before, since this is slow.
            links = ["scale=\(scaledWidth):\(scaledHeight):flags=bicubic"] + Self.toneMapping
            links += [
                "scale=\(scaledWidth):\(scaledHeight):in_color_matrix=bt709:out_color_matrix=\(matrix)"
                    + ":out_range=\(isFullRange ? "full" : "limited")"
            ]
        }
        switch rotation {
        case 90: links.append("transpose=clock")
        case 180: links.append("hflip,vflip")
        case 270: links.append("transpose=cclock")
        default: break
        }
        description = (links + ["setsar=1", "format=\(pixelFormat)"]).joined(separator: ",")
    }

    /// The chain for single pictures of a format.
    static func still(
        _ decoded: VideoFormat, rotation: Int, color: MediaInfo.Color, width: Int?, height: Int?, _ format: StillFormat
    )
        -> PictureChain
    {
        PictureChain(
            decoded, rotation: rotation, color: color, width: width, height: height, pixelFormat: format.pixelFormatName,
            isFullRange: format != .webp)
    }
}
