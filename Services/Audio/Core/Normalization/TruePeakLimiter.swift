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
    fileprivate static let attackBlocks = 3
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
        let (gain, ceiling) = (Float(gain), Float(ceiling))
        guard (0..<profile.count).contains(where: { profile.peak($0) * gain > ceiling }) else { return nil }
        let release = Float(1 - exp(-Double(profile.blockFrames) / (Self.release * Double(profile.sampleRate))))
        let reach = Self.attackBlocks
        let boundaries = profile.count + 1
        var demands = SlidingWindow()
        var released = SlidingWindow()
        var current: Float = 1
        var blockBefore: Float = 1
        var gains = [Float](repeating: 1, count: boundaries)
        gains.withUnsafeMutableBufferPointer { gains in
            // What comes in at `index` is the demand there; `reach` later its minimum is known, and after as much again the mean.
            for index in 0..<boundaries + 2 * reach {
                let peak = index < profile.count ? profile.peak(index) * gain : 0
                let block = peak > ceiling ? ceiling / peak : 1
                demands.push(min(blockBefore, block))
                blockBefore = block
                if demands.isIdle && current == 1 && released.isIdle { continue }
                current += (1 - current) * release
                if current > Self.settled { current = 1 }
                current = min(current, demands.minimum)
                released.push(current)
                if index >= 2 * reach { gains[index - 2 * reach] = released.mean }
            }
        }
        return LimiterCurve(blockFrames: profile.blockFrames, gains: gains)
    }
}

/// The last `2 * attackBlocks + 1` gains that went in, 1 at the beginning.
private struct SlidingWindow {
    private var gains: InlineArray<7, Float> = .init(repeating: 1)
    private var next = 0
    private var idle = 7

    /// Raised cosine; the weights sum to 1.
    private static let weights: InlineArray<7, Float> = .init { index in Float((1 + cos(.pi * Double(index - 3) / 4)) / 8) }

    mutating func push(_ gain: Float) {
        gains[next] = gain
        next = next == 6 ? 0 : next &+ 1
        idle = gain < 1 ? 0 : min(7, idle &+ 1)
    }

    /// Whether every gain is 1.
    var isIdle: Bool { idle == 7 }

    var minimum: Float {
        var least: Float = 1
        for index in 0..<7 { least = min(least, gains[index]) }
        return least
    }

    /// The weighted mean; exactly 1 when idle, as an idle limiter must be idle to the bit.
    var mean: Float {
        guard !isIdle else { return 1 }
        var sum: Float = 0
        for index in 0..<7 {
            let position = next &+ index
            sum += Self.weights[index] * gains[position >= 7 ? position &- 7 : position]
        }
        return min(sum, 1)
    }
}
