import Glibc

/// A look-ahead limiter that is planned over the programme's profile before a single sample is touched.
///
/// Around each block whose true peak would pass the ceiling the gain goes down in a raised-cosine ramp that is complete when the
/// block begins, stays until it ends, and comes back exponentially. All channels share it. Since the true peaks of every block
/// are known, there is nothing to delay: output and input stay aligned to the sample. Elsewhere the gain is exactly 1.
///
/// Why the ceiling holds: with m the smaller demand of the two blocks that meet at a boundary, every gain is a weighted mean of
/// release values that each lie under the minimum of m within `attackBlocks`, and so under m itself; linear interpolation
/// between two boundaries stays under both. What is left is the change of gain within the reach of the reconstruction filter, a
/// dozen samples, for which `NormalizationPlan` keeps a margin.
struct TruePeakLimiter: Sendable {
    /// The amplitude that no true peak shall pass, full scale being 1.
    let ceiling: Double

    /// Half the length of the attack ramp: 6 ms from beginning to end.
    private static let attackBlocks = 3
    /// The time in which the gain comes back by 63 % of the way, in seconds: long enough not to follow the waves of a bass
    /// note, short enough not to be heard as pumping.
    private static let release = 0.08
    /// Gains this near to 1 are taken as 1 (0.0001 dB).
    private static let settled: Float = 0.99999

    /// - Parameters:
    ///   - profile: the programme before the gain.
    ///   - gain: amplitude ratio that precedes the limiter.
    /// - Returns: the gains, or `nil` when nothing passes the ceiling.
    func curve(for profile: LoudnessProfile, gain: Double) -> LimiterCurve? {
        let demands = boundaryDemands(profile, gain: Float(gain))
        guard let demands else { return nil }
        let coefficient = Float(1 - exp(-Double(profile.blockFrames) / (Self.release * Double(profile.sampleRate))))
        return LimiterCurve(
            blockFrames: profile.blockFrames, gains: Self.smoothed(Self.released(Self.widened(demands), coefficient: coefficient)))
    }

    /// What gain each boundary may have at most, by the blocks on both of its sides.
    private func boundaryDemands(_ profile: LoudnessProfile, gain: Float) -> [Float]? {
        let ceiling = Float(ceiling)
        var demands = [Float](repeating: 1, count: profile.count + 1)
        var isEngaged = false
        for block in 0..<profile.count {
            let peak = profile.peak(block) * gain
            guard peak > ceiling else { continue }
            isEngaged = true
            let demand = ceiling / peak
            demands[block] = min(demands[block], demand)
            demands[block + 1] = demand
        }
        return isEngaged ? demands : nil
    }

    /// The smallest demand within `attackBlocks` of each boundary.
    private static func widened(_ demands: [Float]) -> [Float] {
        var widened = demands
        for index in demands.indices where demands[index] < 1 {
            for near in max(0, index - attackBlocks)...min(demands.count - 1, index + attackBlocks) {
                widened[near] = min(widened[near], demands[index])
            }
        }
        return widened
    }

    /// Down at once, back exponentially.
    private static func released(_ demands: [Float], coefficient: Float) -> [Float] {
        var gain: Float = 1
        return demands.map { demand in
            gain = gain > settled ? 1 : gain + (1 - gain) * coefficient
            gain = min(gain, demand)
            return gain
        }
    }

    /// A raised-cosine mean over `attackBlocks` to both sides.
    private static func smoothed(_ gains: [Float]) -> [Float] {
        let reach = attackBlocks
        let raw = (-reach...reach).map { Float(1 + cos(.pi * Double($0) / Double(reach + 1))) }
        let weights = raw.map { $0 / raw.reduce(0, +) }
        // The edges repeated, so that the loop needs no bounds.
        let padded = Array(repeating: gains[0], count: reach) + gains + Array(repeating: gains[gains.count - 1], count: reach)
        var smoothed = gains
        padded.withUnsafeBufferPointer { near in
            weights.withUnsafeBufferPointer { weights in
                for index in smoothed.indices {
                    var sum: Float = 0
                    var least: Float = 1
                    for tap in 0..<weights.count {
                        let gain = near[index &+ tap]
                        sum += weights[tap] * gain
                        least = gain < least ? gain : least
                    }
                    // The weights sum to 1 only as far as rounding goes; an idle limiter must be idle to the bit.
                    smoothed[index] = least < 1 ? min(sum, 1) : 1
                }
            }
        }
        return smoothed
    }
}
