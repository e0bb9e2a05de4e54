import CLibAV

/// Brings pictures of video to the coding of JPEG files: luma and chroma after ITU-R BT.601, all of 0 to 255 used (JFIF, ITU-T
/// T.871, 7).
///
/// Both codings are linear in red, green and blue, so chroma becomes chroma by itself, and luma gains a part of it. This is done
/// without red, green and blue between, which costs a scaler more than to decode the picture.
package struct JPEGColors: Sendable {
    /// What luma is made of in a coding: the shares of red and of blue, the rest is green's.
    private struct Weights {
        let red: Double
        let blue: Double
        var green: Double { 1 - red - blue }
    }

    /// What of either chroma difference is added, by which factor.
    private struct Mix {
        let blue: Int32
        let red: Int32

        init(_ blue: Double, _ red: Double, bits: Int) {
            self.blue = Int32((blue * Double(1 << bits)).rounded())
            self.red = Int32((red * Double(1 << bits)).rounded())
        }
    }

    /// Sources: ITU-R BT.709-6, item 3.2; ITU-R BT.601-7, 2.5.1.
    private static let weights: [String: Weights] = [
        "bt709": Weights(red: 0.2126, blue: 0.0722), "bt470bg": own, "smpte170m": own,
    ]
    private static let own = Weights(red: 0.299, blue: 0.114)
    /// Fractions of chroma that is made, and of what it adds to luma.
    private static let bits = 14
    /// Fractions of luma: 149 of them are 255 / 219 of a step to within 0.07 of a step at white.
    private static let lumaBits: Int16 = 7
    private static let lumaGain: Int16 = 149

    private let luma: Mix
    private let blue: Mix
    private let red: Mix

    /// - Parameter space: the coding of the pictures, of limited range, as media name it: `bt709`, `smpte170m`.
    /// - Returns: `nil` for codings that are not known here.
    package init?(from space: String) {
        guard let from = Self.weights[space] else { return nil }
        let to = Self.own
        // Red, green and blue less luma, of the one coding's two differences; these are told in halves of what they can be.
        let (redOfRed, blueOfBlue) = (2 * (1 - from.red), 2 * (1 - from.blue))
        let greenOfRed = -from.red * redOfRed / from.green
        let greenOfBlue = -from.blue * blueOfBlue / from.green
        let lumaOfBlue = to.green * greenOfBlue + to.blue * blueOfBlue
        let lumaOfRed = to.red * redOfRed + to.green * greenOfRed
        let gain = 255.0 / 224
        luma = Mix(lumaOfBlue * gain, lumaOfRed * gain, bits: Self.bits)
        let (blueRange, redRange) = (2 * (1 - to.blue) / gain, 2 * (1 - to.red) / gain)
        blue = Mix((blueOfBlue - lumaOfBlue) / blueRange, -lumaOfRed / blueRange, bits: Self.bits)
        red = Mix(-lumaOfBlue / redRange, (redOfRed - lumaOfRed) / redRange, bits: Self.bits)
    }

    /// - Parameter frame: of the pixel format `yuv420p` and limited range.
    /// - Returns: the same picture as `yuvj420p`.
    /// - Throws: `MediaError.outOfMemory`, `.unsupported` for a frame of another format.
    package func picture(of frame: VideoFrame) throws(MediaError) -> VideoFrame {
        guard frame.frame.pointee.format == AV_PIX_FMT_YUV420P.rawValue, frame.width > 0, frame.height > 0 else {
            throw .unsupported("a picture of this pixel format")
        }
        let picture = try VideoFrame.blank(
            width: frame.width, height: frame.height, pixelFormat: "yuvj420p",
            color: MediaInfo.Color(space: "bt470bg", transfer: nil, primaries: nil, range: "pc"))
        let (width, height) = ((frame.width + 1) / 2, (frame.height + 1) / 2)
        // What chroma adds to luma, of each four samples.
        let added = [Int16](unsafeUninitializedCapacity: width * height) { added, count in
            for row in 0..<height {
                chroma(
                    frame.row(row, of: 1), frame.row(row, of: 2), picture.row(row, of: 1), picture.row(row, of: 2), width, &added,
                    row * width)
            }
            count = width * height
        }
        var (between, spread) = ([Int16](repeating: 0, count: width), [Int16](repeating: 0, count: 2 * width))
        for row in 0..<frame.height {
            let near = row / 2
            let far = max(0, min(height - 1, near + (row % 2 == 0 ? -1 : 1)))
            Self.spread(added, near * width, far * width, width, &between, &spread)
            Self.luma(frame.row(row, of: 0), spread, picture.row(row, of: 0), frame.width)
        }
        return picture
    }

    /// One row of chroma, and what it adds to luma.
    private func chroma(
        _ blues: UnsafeMutablePointer<UInt8>, _ reds: UnsafeMutablePointer<UInt8>, _ newBlues: UnsafeMutablePointer<UInt8>,
        _ newReds: UnsafeMutablePointer<UInt8>, _ width: Int, _ added: inout UnsafeMutableBufferPointer<Int16>, _ start: Int
    ) {
        let (luma, blue, red) = (luma, blue, red)
        let (half, middle) = (Int32(1) << Int32(Self.bits - 1), Int32(128) << Int32(Self.bits))
        let shift = Int32(Self.bits) - Int32(Self.lumaBits)
        guard let base = added.baseAddress else { return }
        let place = base + start
        for x in 0..<width {
            let (b, r) = (Int32(blues[x]) &- 128, Int32(reds[x]) &- 128)
            let newBlue = (middle &+ half &+ b &* blue.blue &+ r &* blue.red) &>> Int32(Self.bits)
            let newRed = (middle &+ half &+ b &* red.blue &+ r &* red.red) &>> Int32(Self.bits)
            newBlues[x] = UInt8(truncatingIfNeeded: max(0, min(255, newBlue)))
            newReds[x] = UInt8(truncatingIfNeeded: max(0, min(255, newRed)))
            place[x] = Int16(truncatingIfNeeded: (b &* luma.blue &+ r &* luma.red) &>> shift)
        }
    }

    /// What is added to a row of luma: a sample of chroma stands in the middle of four of luma, and between two it is the nearer
    /// one three times to the other's once, as those who open a JPEG file spread it.
    private static func spread(
        _ added: [Int16], _ near: Int, _ far: Int, _ width: Int, _ between: inout [Int16], _ spread: inout [Int16]
    ) {
        added.withUnsafeBufferPointer { added in
            between.withUnsafeMutableBufferPointer { between in
                for x in 0..<width { between[x] = (3 &* added[near &+ x] &+ added[far &+ x] &+ 2) &>> 2 }
                spread.withUnsafeMutableBufferPointer { spread in
                    let last = width - 1
                    for x in 1..<max(1, last) {
                        let own = 3 &* between[x] &+ 2
                        spread[2 &* x] = (own &+ between[x &- 1]) &>> 2
                        spread[2 &* x &+ 1] = (own &+ between[x &+ 1]) &>> 2
                    }
                    for x in Set([0, last]) {
                        spread[2 * x] = (3 * between[x] + between[max(0, x - 1)] + 2) >> 2
                        spread[2 * x + 1] = (3 * between[x] + between[min(last, x + 1)] + 2) >> 2
                    }
                }
            }
        }
    }

    /// One row of luma.
    private static func luma(
        _ from: UnsafeMutablePointer<UInt8>, _ added: [Int16], _ to: UnsafeMutablePointer<UInt8>, _ width: Int
    ) {
        added.withUnsafeBufferPointer { added in
            for x in 0..<width {
                // Held about the middle, or it would not fit into 16 bits.
                let step = max(0, min(219, Int16(from[x]) &- 16))
                let value = (step &* lumaGain &- (128 &<< lumaBits) &+ added[x] &+ (1 &<< (lumaBits &- 1))) &>> lumaBits
                to[x] = UInt8(truncatingIfNeeded: max(-128, min(127, value)) &+ 128)
            }
        }
    }
}

extension VideoFrame {
    /// One row of a plane.
    fileprivate func row(_ row: Int, of plane: Int32) -> UnsafeMutablePointer<UInt8> {
        let strides = frame.pointee.linesize
        return avs_plane(frame, plane) + row * Int(plane == 0 ? strides.0 : plane == 1 ? strides.1 : strides.2)
    }
}
