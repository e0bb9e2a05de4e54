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
    ///   - pixelFormat: of what comes out. Luma and chroma are those of BT.601 then, all of 0 to 255 or `limited` to 16 to 235;
    ///     where it `keepsCoding`, those of the frames.
    init(
        _ format: VideoFormat, rotation: Int, color: MediaInfo.Color, width: Int?, height: Int?, pixelFormat: String,
        isLimited: Bool = false, keepsCoding: Bool = false
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
        let range = isLimited ? "limited" : "full"
        let input = color.space == nil ? ":in_color_matrix=\(Self.usualSpace(format))" : ""
        let output = pixelFormat.hasPrefix("yuv") ? ":out_color_matrix=bt601:out_range=\(range)" : ""
        var links = [
            "scale=\(scaledWidth):\(scaledHeight):flags=bicubic+accurate_rnd+full_chroma_int"
                + (keepsCoding ? "" : input + output)
        ]
        if color.isHighDynamicRange {
            // Scaled before, since this is slow.
            links = ["scale=\(scaledWidth):\(scaledHeight):flags=bicubic"] + Self.toneMapping
            links += [
                "scale=\(scaledWidth):\(scaledHeight):in_color_matrix=bt709:out_color_matrix=bt601:out_range=\(range)"
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

    /// The coding of a file that does not say: what is usual for its size, as players have it.
    static func usualSpace(_ format: VideoFormat) -> String {
        format.width >= 1280 || format.height > 576 ? "bt709" : "smpte170m"
    }
}
