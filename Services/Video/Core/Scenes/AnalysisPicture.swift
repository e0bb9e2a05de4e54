package import Media

/// A small picture of red, green and blue that scenes are told apart by.
///
/// It is taken straight from the decoder's own samples: each of its pixels is interpolated between four of the large picture's,
/// the rest is never read.
package struct AnalysisPicture: Sendable {
    /// Pixels; PySceneDetect analyses at this size too, so that thresholds mean the same.
    package static let largestSide = 256

    package let width: Int
    package let height: Int
    /// Red, green and blue of one pixel after the other, rows from the top; width × height × 3 samples.
    package let samples: [UInt8]

    /// - Parameter largestSide: pixels; frames that are wider or higher are made smaller.
    /// - Returns: `nil` when the pixel format can not be read.
    package init?(_ frame: VideoFrame, largestSide: Int = AnalysisPicture.largestSide) {
        guard let components = frame.components, frame.width > 0, frame.height > 0 else { return nil }
        let factor = max(1, Double(max(frame.width, frame.height)) / Double(largestSide))
        let width = max(1, Int((Double(frame.width) / factor).rounded(.toNearestOrEven)))
        let height = max(1, Int((Double(frame.height) / factor).rounded(.toNearestOrEven)))
        let reduction = LinearReduction(components, columns: SampleTaps(from: frame.width, to: width))
        let rows = SampleTaps(from: frame.height, to: height)
        samples = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, filled in
            reduction.reduce(rows, into: pixels)
            filled = width * height * 3
        }
        (self.width, self.height) = (width, height)
    }

    /// The mean of red, green and blue over all pixels, 0 to 255.
    package var meanIntensity: Double {
        samples.withUnsafeBufferPointer { samples in
            var sum = 0
            for index in 0..<samples.count { sum &+= Int(samples[index]) }
            return Double(sum) / Double(max(1, samples.count))
        }
    }

    /// ITU-R BT.601 luma, 0 to 255.
    package var luma: [UInt8] { weighed(4899, 9617, 1868, bits: 14) }

    /// The same with weights of a bit more, as pictures are made grey: it differs where rounding decides.
    package var grey: [UInt8] { weighed(9798, 19235, 3735, bits: 15) }

    private func weighed(_ red: Int32, _ green: Int32, _ blue: Int32, bits: Int32) -> [UInt8] {
        samples.withUnsafeBufferPointer { samples in
            [UInt8](unsafeUninitializedCapacity: width * height) { light, filled in
                let half: Int32 = 1 << (bits - 1)
                for index in 0..<width * height {
                    let place = index &* 3
                    let sum =
                        Int32(samples[place]) &* red &+ Int32(samples[place &+ 1]) &* green &+ Int32(samples[place &+ 2]) &* blue
                    light[index] = UInt8(truncatingIfNeeded: (sum &+ half) >> bits)
                }
                filled = width * height
            }
        }
    }
}
