/// The outline of a signal for drawing: its largest magnitude in each of a number of equal stretches.
///
/// The length need not be known ahead. Magnitudes are gathered in bins that begin short; when there are too many, neighbours
/// are joined, so memory stays the same for a second and for a day.
package struct WaveformPeaks: Sendable {
    private static let mostBins = 1 << 15
    private var bins: [Float] = []
    private var binFrames = 16
    private var current: Float = 0
    private var framesInCurrent = 0

    package init() {}

    /// Takes in one buffer for each channel, all of the same length.
    package mutating func process(_ planes: [UnsafeBufferPointer<Float>]) {
        let frames = planes.first?.count ?? 0
        var taken = 0
        while taken < frames {
            let part = min(frames - taken, binFrames - framesInCurrent)
            for plane in planes {
                current = max(current, Self.largestMagnitude(UnsafeBufferPointer(rebasing: plane[taken..<taken + part])))
            }
            taken += part
            framesInCurrent += part
            if framesInCurrent == binFrames { endBin() }
        }
    }

    /// - Parameter points: how many stretches, at least 1.
    /// - Returns: magnitudes from the beginning to the end, full scale being 1; all 0 when there is no signal.
    package func points(_ points: Int) -> [Float] {
        // The last bin may be short; it counts as far as it is filled.
        let all = framesInCurrent > 0 ? bins + [current] : bins
        let length = Double(bins.count) + Double(framesInCurrent) / Double(binFrames)
        return (0..<points).map { point in
            let from = Int(length * Double(point) / Double(points))
            let to = Int((length * Double(point + 1) / Double(points)).rounded(.up))
            return all[min(from, all.count)..<min(max(to, from + 1), all.count)].max() ?? 0
        }
    }

    private mutating func endBin() {
        bins.append(current)
        (current, framesInCurrent) = (0, 0)
        guard bins.count == Self.mostBins else { return }
        bins = stride(from: 0, to: bins.count, by: 2).map { max(bins[$0], bins[$0 + 1]) }
        binFrames *= 2
    }

    private static func largestMagnitude(_ samples: UnsafeBufferPointer<Float>) -> Float {
        // As bit patterns, whose order is that of magnitudes; the compiler makes vector code of it.
        samples.withMemoryRebound(to: UInt32.self) { bits in
            var largest: Int32 = 0
            for value in bits {
                let magnitude = Int32(truncatingIfNeeded: value & 0x7FFF_FFFF)
                largest = magnitude > largest ? magnitude : largest
            }
            return Float(bitPattern: UInt32(largest))
        }
    }
}
