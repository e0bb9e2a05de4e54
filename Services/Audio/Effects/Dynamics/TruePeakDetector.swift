import Primitives

/// The true peak around each frame, at four times the rate (ITU-R BS.1770-4, Annex 2) with a sharper filter than the one
/// given there: 32 taps for each of the three phases between samples.
final class TruePeakDetector {
    /// Samples that the interpolation needs on each side.
    static let halfWidth = 16

    private let phases: [[Float]]
    /// How far an interpolated value can be above the samples: the largest sum of the magnitudes of the taps.
    private let overshoot: Float
    private let history: PlanarStorage
    private let channels: Int
    /// The largest magnitude among the samples kept from the last block.
    private var peakBefore: Float = 0

    /// Frames by which the peaks are late.
    var latency: Int { Self.halfWidth }

    init(channels: Int) {
        self.channels = channels
        // Beta 6 keeps the response within 0.01 dB up to 0.44 of the rate.
        phases = [0.25, 0.5, 0.75].map { WindowedSinc.taps(fraction: $0, halfWidth: Self.halfWidth, beta: 6) }
        overshoot = phases.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 1
        history = PlanarStorage(channels: channels, frames: 2 * Self.halfWidth + PlanarStorage.blockFrames + 8)
    }

    /// Measures the next frames.
    /// - Parameters:
    ///   - peaks: for each frame the largest magnitude between the frame `latency` before it and the one after that; room for
    ///     whole eights.
    ///   - ceiling: peaks that can not be above it may be told as the samples' own.
    func measure(_ block: PlanarBlock, into peaks: UnsafeMutablePointer<Float>, ceiling: Float) {
        let kept = 2 * Self.halfWidth
        for channel in 0..<channels {
            (history[channel] + kept).update(from: block.start(channel), count: block.frames)
        }
        LinkedPeak.measure(history.block(kept + block.frames).frames(from: Self.halfWidth, count: block.frames), into: peaks)
        var peak: Float = 0
        for channel in 0..<channels {
            for sample in block[channel] { peak = max(peak, abs(sample)) }
        }
        if max(peak, peakBefore) * overshoot > ceiling { interpolate(into: peaks, block.frames) }
        peakBefore = block.frames >= kept ? peak : max(peak, peakBefore)
        for channel in 0..<channels {
            history[channel].update(from: history[channel] + block.frames, count: kept)
        }
    }

    private func interpolate(into peaks: UnsafeMutablePointer<Float>, _ frames: Int) {
        let taps = 2 * Self.halfWidth
        phases[0].withUnsafeBufferPointer { quarter in
            phases[1].withUnsafeBufferPointer { half in
                for channel in 0..<channels {
                    let samples = history[channel] + 1
                    var frame = 0
                    while frame < frames {
                        var (a, b, c) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
                        for tap in 0..<taps {
                            let x = samples.vector(frame + tap)
                            a += x * quarter[tap]
                            b += x * half[tap]
                            // Three quarters is a quarter backwards.
                            c += x * quarter[taps - 1 - tap]
                        }
                        let peak = a.magnitude.atLeast(b.magnitude).atLeast(c.magnitude)
                        peaks.store(peaks.vector(frame).atLeast(peak), frame)
                        frame += 8
                    }
                }
            }
        }
    }
}
