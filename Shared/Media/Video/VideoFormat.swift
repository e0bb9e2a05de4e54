import CLibAV

/// A fraction, for times and rates that decimals can not hold: 30000/1001.
package struct Ratio: Sendable, Hashable {
    package let numerator: Int
    package let denominator: Int

    package init(_ numerator: Int, _ denominator: Int) { (self.numerator, self.denominator) = (numerator, denominator) }

    init(_ ratio: AVRational) { self.init(Int(ratio.num), Int(ratio.den)) }

    package var value: Double { Double(numerator) / Double(denominator) }
    /// Whether it is above zero and finite.
    package var isPositive: Bool { numerator > 0 && denominator > 0 }

    var rational: AVRational { AVRational(num: Int32(clamping: numerator), den: Int32(clamping: denominator)) }
}

/// What the frames of a video have in common.
package struct VideoFormat: Sendable, Hashable {
    /// Pixels.
    package let width: Int
    package let height: Int
    /// Width by height of one pixel.
    package let pixelAspect: Ratio
    /// What the frames' own times count in, seconds.
    package let timeBase: Ratio
    /// Frames per second; `nil` where the rate varies or is unknown.
    package let frameRate: Ratio?
    let pixelFormat: Int32

    /// The pixel format's name, for example `yuv420p`.
    package var pixelFormatName: String { av_get_pix_fmt_name(AVPixelFormat(pixelFormat)).map { String(cString: $0) } ?? "none" }

    /// Bits of a sample; `nil` when the pixel format is unknown.
    package var bitDepth: Int? { av_pix_fmt_desc_get(AVPixelFormat(pixelFormat)).map { Int($0.pointee.comp.0.depth) } }

    /// Whether pictures are made of red, green and blue instead of luma and chroma.
    package var isRGB: Bool {
        guard let description = av_pix_fmt_desc_get(AVPixelFormat(pixelFormat))?.pointee else { return false }
        return description.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
    }

    /// What a filter graph's source has to know.
    var sourceArguments: String {
        let aspect = pixelAspect.isPositive ? pixelAspect : Ratio(1, 1)
        return "video_size=\(width)x\(height):pix_fmt=\(pixelFormat):time_base=\(timeBase.numerator)/\(timeBase.denominator)"
            + ":pixel_aspect=\(aspect.numerator)/\(aspect.denominator)"
            + (frameRate.map { ":frame_rate=\($0.numerator)/\($0.denominator)" } ?? "")
    }
}
