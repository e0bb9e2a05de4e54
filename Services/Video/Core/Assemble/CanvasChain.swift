import Media

/// What brings pictures of any shape to the canvas: upright, scaled, in its colours.
struct CanvasChain {
    /// In libavfilter's own form; `nil` when nothing has to be done.
    let description: String?
    /// Pixels of what comes out, even; smaller than the canvas where the background shows beside it.
    let width: Int
    let height: Int

    /// - Parameters:
    ///   - format: of what goes in.
    ///   - rotation: degrees, clockwise, that it is turned by.
    ///   - color: what it says of its colours.
    ///   - canvas: pixels to be filled.
    init(
        _ format: VideoFormat, rotation: Int, color: MediaInfo.Color, canvas: (width: Int, height: Int), fit: Composition.Fit
    ) {
        let isTurned = rotation % 180 != 0
        let aspect = format.pixelAspect.isPositive ? format.pixelAspect.value : 1
        let (wide, high) = (Double(format.width) * aspect, Double(format.height))
        let (shownWidth, shownHeight) = isTurned ? (high, wide) : (wide, high)
        let factors = (Double(canvas.width) / shownWidth, Double(canvas.height) / shownHeight)
        func even(_ side: Double, _ most: Int) -> Int { min(most, max(2, Int((side / 2).rounded()) * 2)) }
        func inner(_ factor: Double) -> (width: Int, height: Int) {
            (even(shownWidth * factor, .max - 1), even(shownHeight * factor, .max - 1))
        }
        let fitting = inner(min(factors.0, factors.1))
        (width, height) = fit == .fit ? (min(fitting.width, canvas.width), min(fitting.height, canvas.height)) : canvas
        var links: [String] = color.isHighDynamicRange ? PictureChain.toneMapping : []
        switch rotation {
        case 90: links.append("transpose=clock")
        case 180: links.append("hflip,vflip")
        case 270: links.append("transpose=cclock")
        default: break
        }
        let scale = Self.scale(format, color)
        switch fit {
        case .fit:
            if (width, height) != (format.width, format.height) || isTurned || !Self.isPlain(format, color) {
                links.append(scale(width, height, "bicubic"))
            }
        case .fill:
            let covering = inner(max(factors.0, factors.1))
            if covering != (format.width, format.height) || isTurned || !Self.isPlain(format, color) {
                links.append(scale(covering.width, covering.height, "bicubic"))
            }
            if covering != canvas { links.append("crop=\(canvas.width):\(canvas.height)") }
        case .blur:
            // The copy is blurred small, where that costs little.
            let small = inner(max(factors.0, factors.1) / 8)
            let box = (even(Double(canvas.width) / 8, small.width), even(Double(canvas.height) / 8, small.height))
            links.append(
                "split[back][front];[back]\(scale(small.width, small.height, "bilinear")),crop=\(box.0):\(box.1),"
                    + "gblur=sigma=5,eq=brightness=-0.06,scale=\(canvas.width):\(canvas.height):flags=bilinear,setsar=1[blurred];"
                    + "[front]\(scale(fitting.width, fitting.height, "bicubic")),setsar=1[whole];"
                    + "[blurred][whole]overlay=(W-w)/2:(H-h)/2")
        }
        if links.isEmpty, Self.isPlain(format, color) {
            description = nil
        } else {
            description = (links + ["setsar=1", "format=yuv420p"]).joined(separator: ",")
        }
    }

    /// Whether pictures are coded as the canvas is.
    private static func isPlain(_ format: VideoFormat, _ color: MediaInfo.Color) -> Bool {
        format.pixelFormatName == "yuv420p" && color.range != "pc" && matrix(format, color) == "bt709" && !color.isHighDynamicRange
    }

    /// The matrix of what goes in: as it says, or as is usual for its size.
    private static func matrix(_ format: VideoFormat, _ color: MediaInfo.Color) -> String {
        if color.isHighDynamicRange { return "bt709" }
        switch color.space {
        case "bt709": return "bt709"
        case "bt2020nc", "bt2020c": return "bt2020"
        case nil, "unknown": return format.width >= 1280 || format.height > 576 ? "bt709" : "bt601"
        default: return "bt601"
        }
    }

    private static func scale(_ format: VideoFormat, _ color: MediaInfo.Color) -> (Int, Int, String) -> String {
        let matrix = matrix(format, color)
        return { width, height, kernel in
            "scale=\(width):\(height):flags=\(kernel)+accurate_rnd:in_color_matrix=\(matrix):out_color_matrix=bt709:out_range=tv"
        }
    }
}
