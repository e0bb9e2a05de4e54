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
    /// All red samples, rows from the top, then all green ones, then all blue ones; width × height of each.
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
            if let pixels = pixels.baseAddress { reduction.reduce(rows, into: pixels) }
            filled = width * height * 3
        }
        (self.width, self.height) = (width, height)
    }

    /// - Throws: `MediaError.unsupported` when the pixel format can not be read.
    init(of frame: VideoFrame) throws(MediaError) {
        guard let picture = AnalysisPicture(frame) else { throw .unsupported("this pixel format") }
        self = picture
    }

    private init(width: Int, height: Int, samples: [UInt8]) {
        (self.width, self.height, self.samples) = (width, height, samples)
    }

    /// A mixture with another picture; the picture itself where that is of another size.
    /// - Parameter share: of the other, 0 to 1.
    func blended(with other: AnalysisPicture, share: Double) -> AnalysisPicture {
        guard other.width == width, other.height == height else { return self }
        let weight = UInt32((share * 256).rounded())
        let mixture = [UInt8](unsafeUninitializedCapacity: samples.count) { mixed, filled in
            samples.withUnsafeBufferPointer { first in
                other.samples.withUnsafeBufferPointer { second in
                    for index in 0..<first.count {
                        let sum = UInt32(first[index]) &* (256 &- weight) &+ UInt32(second[index]) &* weight
                        mixed[index] = UInt8(truncatingIfNeeded: (sum &+ 128) >> 8)
                    }
                }
            }
            filled = samples.count
        }
        return AnalysisPicture(width: width, height: height, samples: mixture)
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
        withColors { reds, greens, blues in
            [UInt8](unsafeUninitializedCapacity: reds.count) { light, filled in
                let half: Int32 = 1 << (bits - 1)
                for index in 0..<reds.count {
                    let sum = Int32(reds[index]) &* red &+ Int32(greens[index]) &* green &+ Int32(blues[index]) &* blue
                    light[index] = UInt8(truncatingIfNeeded: (sum &+ half) >> bits)
                }
                filled = reds.count
            }
        }
    }

    /// The samples of one colour, one a pixel.
    package typealias Plane = UnsafeBufferPointer<UInt8>

    /// - Parameter body: takes red, green and blue, which last as long as it runs.
    package func withColors<Result>(_ body: (_ red: Plane, _ green: Plane, _ blue: Plane) -> Result) -> Result {
        samples.withUnsafeBufferPointer { samples in
            let count = samples.count / 3
            func plane(_ number: Int) -> Plane { Plane(rebasing: samples[number * count..<(number + 1) * count]) }
            return body(plane(0), plane(1), plane(2))
        }
    }
}
