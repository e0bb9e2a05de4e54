import Media

/// How samples of eight bits become red, green and blue.
/// Source: ITU-R BT.601, which is what other programs decode with where a file does not say.
struct ColorCoding {
    private enum Kind { case grey, limitedGrey, rgb, full, limited }
    private let kind: Kind

    init(_ components: PixelComponents) {
        kind =
            if components.all.count < 3 { components.isFullRange ? .grey : .limitedGrey } else if components.isRGB { .rgb } else {
                components.isFullRange ? .full : .limited
            }
    }

    /// - Parameters:
    ///   - line: as many rows of `width` samples as there are components.
    ///   - pixels: takes `width` × 3 samples.
    func decode(_ line: UnsafePointer<Int32>, width: Int, into pixels: UnsafeMutablePointer<UInt8>) {
        switch kind {
        case .grey:
            each(width, pixels) {
                let grey = line[$0]; return (grey, grey, grey)
            }
        case .limitedGrey:
            each(width, pixels) { index in
                let grey = ((line[index] &- 16) &* 76309 &+ 32768) >> 16
                return (grey, grey, grey)
            }
        case .rgb: each(width, pixels) { (line[$0], line[$0 &+ width], line[$0 &+ 2 &* width]) }
        case .full:
            each(width, pixels) { index in
                let light = line[index] << 16 &+ 32768
                let (blueness, redness) = (line[index &+ width] &- 128, line[index &+ 2 &* width] &- 128)
                return (
                    (light &+ 91881 &* redness) >> 16, (light &- 22554 &* blueness &- 46802 &* redness) >> 16,
                    (light &+ 116130 &* blueness) >> 16
                )
            }
        case .limited:
            each(width, pixels) { index in
                let light = (line[index] &- 16) &* 76309 &+ 32768
                let (blueness, redness) = (line[index &+ width] &- 128, line[index &+ 2 &* width] &- 128)
                return (
                    (light &+ 104597 &* redness) >> 16, (light &- 25675 &* blueness &- 53279 &* redness) >> 16,
                    (light &+ 132201 &* blueness) >> 16
                )
            }
        }
    }

    @inline(__always)
    private func each(_ width: Int, _ pixels: UnsafeMutablePointer<UInt8>, _ color: (Int) -> (Int32, Int32, Int32)) {
        for index in 0..<width {
            let (red, green, blue) = color(index)
            let place = pixels + index &* 3
            place[0] = UInt8(clamping: red)
            place[1] = UInt8(clamping: green)
            place[2] = UInt8(clamping: blue)
        }
    }
}
