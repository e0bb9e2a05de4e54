import Metering

/// How a programme gets to its target: one gain for all of it, and a limiter where the peaks would pass the ceiling.
///
/// While the true peak stays under the ceiling the gain is the distance to the target and nothing else happens. Otherwise the
/// limiter takes loudness away together with the peaks, and the gain is raised until what is left measures the target. How much
/// is left follows from the profile, so no second measurement of the programme is needed to find the gain.
package struct NormalizationPlan: Sendable {
    /// What kept a programme from its target.
    package enum Obstacle: String, Sendable {
        /// The highest peak would have to be lowered by more than `maximumReduction`.
        case reduction = "peak-reduction"
        /// The limiter would take away more than `maximumLoss`.
        case loss = "loudness-loss"
    }

    /// dB.
    package let gain: Double
    /// `nil` when the gain is all that happens.
    package let curve: LimiterCurve?
    /// What the result is expected to measure, LUFS.
    package let expectedLoudness: Double
    /// Why the target is not reached; `nil` when it is.
    package let obstacle: Obstacle?

    /// The most by which a peak is lowered, dB. More would be heard as holes around every peak.
    package static let maximumReduction = 20.0
    /// The most loudness that the limiter may take, LU: half the power.
    package static let maximumLoss = 3.0
    /// The limiter aims this much under the ceiling, dB: for the change of its gain within the reach of a reconstruction filter,
    /// for rounding and dither to 16 bits, and for meters with another filter than ours.
    package static let limiterMargin = 0.15
    /// A linear gain is good when the true peak stays this much under the ceiling, dB: meters differ by as much.
    package static let linearMargin = 0.05
    /// How near the expected loudness is brought to the target, LU.
    private static let tolerance = 0.005

    /// - Parameters:
    ///   - integrated: what the programme measures, LUFS.
    ///   - truePeak: what the programme measures, dBTP.
    ///   - profile: the programme's course, with exact peaks down to `maximumReduction` under the highest.
    ///   - target: what is wanted.
    package init(integrated: Double, truePeak: Double, profile: LoudnessProfile, target: LoudnessTarget) {
        let forecast = Forecast(integrated: integrated, profile: profile, ceiling: target.truePeak - Self.limiterMargin)
        let linear = Self.search(from: target.integrated - integrated, target: target.integrated) { forecast.linear(gain: $0) }
        guard truePeak + linear.gain > target.truePeak - Self.linearMargin else {
            self.init(gain: linear.gain, curve: nil, expectedLoudness: linear.loudness, obstacle: nil)
            return
        }
        let mostGain = target.truePeak - Self.limiterMargin + Self.maximumReduction - truePeak
        let limited = Self.search(from: linear.gain, target: target.integrated) { forecast.limited(gain: $0).loudness }
        let loss = integrated + limited.gain - limited.loudness
        let isReached = abs(limited.loudness - target.integrated) <= 2 * Self.tolerance
        if isReached && limited.gain <= mostGain && loss <= Self.maximumLoss {
            self.init(limited.gain, forecast, obstacle: nil)
        } else {
            let mostByLoss = Self.largest(in: linear.gain - Self.maximumReduction...limited.gain) { gain in
                integrated + gain - forecast.limited(gain: gain).loudness <= Self.maximumLoss
            }
            self.init(min(mostGain, mostByLoss), forecast, obstacle: mostGain < mostByLoss ? .reduction : .loss)
        }
    }

    private init(gain: Double, curve: LimiterCurve?, expectedLoudness: Double, obstacle: Obstacle?) {
        (self.gain, self.curve, self.expectedLoudness, self.obstacle) = (gain, curve, expectedLoudness, obstacle)
    }

    private init(_ gain: Double, _ forecast: Forecast, obstacle: Obstacle?) {
        let (loudness, curve) = forecast.limited(gain: gain)
        self.init(gain: gain, curve: curve, expectedLoudness: loudness, obstacle: obstacle)
    }

    /// Finds the gain at which `loudness` gives the target, by the secant method; loudness grows with gain at a slope of 1 or
    /// less. Ends where it no longer grows, short of the target.
    private static func search(
        from start: Double, target: Double, loudness: (Double) -> Double
    ) -> (gain: Double, loudness: Double) {
        var gain = start
        var level = loudness(gain)
        var slope = 1.0
        for _ in 0..<16 where abs(target - level) > tolerance {
            let step = min(6, max(-6, (target - level) / slope))
            let next = loudness(gain + step)
            slope = max(0.1, min(1, (next - level) / step))
            (gain, level) = (gain + step, next)
        }
        return (gain, level)
    }

    /// The largest gain in a range at which a condition holds that holds up to some gain and not beyond.
    private static func largest(in range: ClosedRange<Double>, where holds: (Double) -> Bool) -> Double {
        var (low, high) = (range.lowerBound, range.upperBound)
        while high - low > 0.02 {
            let middle = (low + high) / 2
            if holds(middle) { low = middle } else { high = middle }
        }
        return low
    }
}

/// What a programme would measure under a gain.
private struct Forecast {
    private let profile: LoudnessProfile
    private let limiter: TruePeakLimiter
    /// What the standard's own grid gives over what the profile's grid gives, LU.
    private let offset: Double

    init(integrated: Double, profile: LoudnessProfile, ceiling: Double) {
        self.profile = profile
        limiter = TruePeakLimiter(ceiling: Loudness.amplitude(ceiling))
        let own = profile.integratedLoudness(gain: 1, curve: nil)
        offset = own.isFinite ? integrated - own : 0
    }

    func linear(gain: Double) -> Double {
        profile.integratedLoudness(gain: Loudness.amplitude(gain), curve: nil) + offset
    }

    func limited(gain: Double) -> (loudness: Double, curve: LimiterCurve?) {
        let amplitude = Loudness.amplitude(gain)
        let curve = limiter.curve(for: profile, gain: amplitude)
        return (profile.integratedLoudness(gain: amplitude, curve: curve) + offset, curve)
    }
}
