import Media

/// How samples of eight bits become red, green and blue.
/// Source: ITU-R BT.601, which is what other programs decode with where a file does not say. Products are cut off after 13 bits and
/// before they are added, as swscale does on vector units: what it makes of 8-bit 4:2:0 and 4:2:2, this makes to the bit.
struct ColorCoding {
    private let planes: Int
    private let isRGB: Bool
    private let isFullRange: Bool

    init(_ components: PixelComponents) {
        (planes, isRGB, isFullRange) = (components.all.count, components.isRGB, components.isFullRange)
    }

    /// - Parameters:
    ///   - line: as many rows of `width` samples as there are components.
    ///   - colors: takes three rows of `width` samples: red, green, blue.
    func decode(_ line: UnsafePointer<Int16>, width: Int, into colors: UnsafeMutablePointer<Int16>) {
        if isRGB { return colors.update(from: line, count: 3 * width) }
        // Weights that the compiler knows let vector units multiply 16 bits instead of 32.
        if isFullRange {
            decode(line, width, into: colors, black: 0, (8192, 11485, -2819, -5850, 14516))
        } else {
            decode(line, width, into: colors, black: 16, (9539, 13075, -3209, -6660, 16525))
        }
    }

    /// - Parameter weights: in 1/8192: light; redness in red; blueness and redness in green; blueness in blue.
    @inline(__always)
    private func decode(
        _ line: UnsafePointer<Int16>, _ width: Int, into colors: UnsafeMutablePointer<Int16>, black: Int16,
        _ weights: (light: Int16, red: Int16, greenBlue: Int16, greenRed: Int16, blue: Int16)
    ) {
        let (green, blue) = (colors + width, colors + 2 * width)
        guard planes >= 3 else {
            for index in 0..<width {
                let light = Self.limited(Self.product(line[index] &- black, weights.light))
                (colors[index], green[index], blue[index]) = (light, light, light)
            }
            return
        }
        let (blueness, redness) = (line + width, line + 2 * width)
        for index in 0..<width {
            let light = Self.product(line[index] &- black, weights.light)
            let (b, r) = (blueness[index] &- 128, redness[index] &- 128)
            colors[index] = Self.limited(light &+ Self.product(r, weights.red))
            green[index] = Self.limited(light &+ Self.product(b, weights.greenBlue) &+ Self.product(r, weights.greenRed))
            blue[index] = Self.limited(light &+ Self.product(b, weights.blue))
        }
    }

    @inline(__always)
    private static func product(_ sample: Int16, _ weight: Int16) -> Int16 {
        Int16(truncatingIfNeeded: (Int32(sample &<< 3) &* Int32(weight)) >> 16)
    }

    @inline(__always)
    private static func limited(_ color: Int16) -> Int16 { max(0, min(255, color)) }
}
