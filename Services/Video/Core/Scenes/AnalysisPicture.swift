package import Media

/// A small picture of red, green and blue that scenes are told apart by.
///
/// It is taken straight from the decoder's own samples: each of its pixels is interpolated between four of the large picture's,
/// the rest is never read.
package struct AnalysisPicture: Sendable {
    /// Pixels; PySceneDetect analyses at this width too, so that thresholds mean the same.
    package static let largestWidth = 256

    package let width: Int
    package let height: Int
    /// Red, green and blue of one pixel after the other, rows from the top; width × height × 3 samples.
    package let samples: [UInt8]

    /// - Parameter largestWidth: pixels; wider frames are made smaller.
    /// - Returns: `nil` when the pixel format can not be read.
    package init?(_ frame: VideoFrame, largestWidth: Int = AnalysisPicture.largestWidth) {
        guard let components = frame.components, frame.width > 0, frame.height > 0 else { return nil }
        let factor = max(1, Double(frame.width) / Double(largestWidth))
        let width = max(1, Int((Double(frame.width) / factor).rounded()))
        let height = max(1, Int((Double(frame.height) / factor).rounded()))
        let columns = SampleTap.taps(from: frame.width, to: width)
        let rows = SampleTap.taps(from: frame.height, to: height)
        let coding = ColorCoding(components)
        samples = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, filled in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: width * 3) { line in
                guard let pixels = pixels.baseAddress, let line = line.baseAddress else { return }
                for y in 0..<height {
                    for (index, component) in components.all.enumerated() {
                        let isChroma = index > 0 && !components.isRGB
                        component.interpolate(
                            rows[y], columns, shiftX: isChroma ? components.chromaShiftX : 0,
                            shiftY: isChroma ? components.chromaShiftY : 0, into: line + index * width)
                    }
                    coding.decode(line, width: width, into: pixels + y * width * 3)
                }
            }
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
    package var luma: [UInt8] {
        samples.withUnsafeBufferPointer { samples in
            [UInt8](unsafeUninitializedCapacity: width * height) { luma, filled in
                for index in 0..<width * height {
                    let place = index &* 3
                    let light =
                        Int32(samples[place]) &* 4899 &+ Int32(samples[place &+ 1]) &* 9617 &+ Int32(samples[place &+ 2]) &* 1868
                    luma[index] = UInt8(truncatingIfNeeded: (light &+ 8192) >> 14)
                }
                filled = width * height
            }
        }
    }
}

/// Two neighbours and the weight of the second in 1/256.
struct SampleTap {
    let first: Int
    let second: Int
    let weight: Int32

    /// Bilinear interpolation with pixel centres aligned.
    static func taps(from large: Int, to small: Int) -> [SampleTap] {
        let scale = Double(large) / Double(small)
        return (0..<small).map { index in
            let place = max(0, (Double(index) + 0.5) * scale - 0.5)
            let first = min(large - 1, Int(place))
            return SampleTap(
                first: first, second: min(large - 1, first + 1), weight: Int32(((place - Double(first)) * 256).rounded()))
        }
    }
}

extension PixelComponents.Component {
    /// One row of the small picture, as samples of eight bits.
    fileprivate func interpolate(
        _ row: SampleTap, _ columns: [SampleTap], shiftX: Int, shiftY: Int, into line: UnsafeMutablePointer<Int32>
    ) {
        let (upper, lower) = (start + (row.first >> shiftY) * rowStride, start + (row.second >> shiftY) * rowStride)
        let (step, toEight, below) = (step, Int32(shift + depth - 8), row.weight)
        let above = 256 &- below
        columns.withUnsafeBufferPointer { columns in
            if depth == 8 {
                for index in 0..<columns.count {
                    let tap = columns[index]
                    let (left, right) = ((tap.first >> shiftX) &* step, (tap.second >> shiftX) &* step)
                    let (second, first) = (tap.weight, 256 &- tap.weight)
                    let high = Int32(upper[left]) &* first &+ Int32(upper[right]) &* second
                    let low = Int32(lower[left]) &* first &+ Int32(lower[right]) &* second
                    line[index] = (high &* above &+ low &* below &+ 32768) >> 16
                }
                return
            }
            func wide(_ place: UnsafePointer<UInt8>) -> Int32 { (Int32(place[0]) | Int32(place[1]) << 8) >> toEight }
            for index in 0..<columns.count {
                let tap = columns[index]
                let (left, right) = ((tap.first >> shiftX) &* step, (tap.second >> shiftX) &* step)
                let high = wide(upper + left) &* (256 &- tap.weight) &+ wide(upper + right) &* tap.weight
                let low = wide(lower + left) &* (256 &- tap.weight) &+ wide(lower + right) &* tap.weight
                line[index] = (high &* above &+ low &* below &+ 32768) >> 16
            }
        }
    }
}
