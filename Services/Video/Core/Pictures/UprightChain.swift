import Media

/// What turns decoded frames into pictures that can be encoded as they are to be seen: upright, of square pixels and even sides.
/// Frames that are so already pass untouched.
struct UprightChain {
    /// Of what comes out, pixels.
    let width: Int
    let height: Int
    /// Of what comes out: 4:2:0 of eight bits, or of ten for video of high dynamic range.
    let pixelFormat: String
    /// What the pictures say of their colours.
    let color: MediaInfo.Color
    /// The matrix that their luma is made with, as `color` tells it or as is usual for the size.
    let matrix: String
    /// Of what goes in.
    let input: VideoFormat
    /// In libavfilter's own form; `nil` when nothing has to be done.
    let description: String?

    init(_ format: VideoFormat, rotation: Int, color: MediaInfo.Color) {
        input = format
        let isTurned = rotation % 180 != 0
        let aspect = format.pixelAspect.isPositive ? format.pixelAspect.value : 1
        let (wide, high) = (Double(format.width) * max(1, aspect), Double(format.height) * max(1, 1 / aspect))
        // A row or column too many is left off, and no pixel is made anew for it.
        let isSquare = abs(aspect - 1) < 0.001
        func even(_ side: Double) -> Int { max(2, Int((isSquare ? side : side.rounded()) / 2) * 2) }
        let (columns, rows) = (even(wide), even(high))
        (width, height) = isTurned ? (rows, columns) : (columns, rows)
        pixelFormat = color.isHighDynamicRange ? "yuv420p10le" : "yuv420p"
        matrix =
            color.space.map { $0 == "unknown" ? "bt709" : $0 }
            ?? (format.width >= 1280 || format.height > 576 ? "bt709" : "smpte170m")
        // Formats that are full by their name become limited; others keep what they say.
        let isFullByName = format.pixelFormatName.hasPrefix("yuvj")
        self.color = MediaInfo.Color(
            space: color.space, transfer: color.transfer, primaries: color.primaries, range: isFullByName ? "tv" : color.range)
        var links: [String] = []
        if !isSquare {
            links.append("scale=\(columns):\(rows):flags=bicubic")
        } else if columns != format.width || rows != format.height {
            links.append("crop=\(columns):\(rows):0:0:exact=1")
        }
        switch rotation {
        case 90: links.append("transpose=clock")
        case 180: links.append("hflip,vflip")
        case 270: links.append("transpose=cclock")
        default: break
        }
        if format.pixelFormatName != pixelFormat { links.append("format=\(pixelFormat)") }
        description = links.isEmpty ? nil : (links + ["setsar=1"]).joined(separator: ",")
    }
}
