/// From levels to the gain that reduces what is over a threshold.
///
/// Source: D. Giannoulis, M. Massberg, J. D. Reiss, "Digital dynamic range compressor design: a tutorial and analysis",
/// JAES 60 (6), 2012: the gain computer with soft knee (equation 4) and the smooth decoupled peak detector in the logarithmic
/// domain (equation 17).
struct GainReduction {
    /// What a reduction depends on.
    struct Curve {
        /// dB of full scale.
        var threshold: Double
        /// How many dB over the threshold become one.
        var ratio: Double
        /// The width of the soft knee, dB.
        var knee = 0.0
        /// The most that is taken away, dB.
        var range = 1000.0
        /// Time constants, ms.
        var attack: Double
        var release: Double
        /// Added to the gain, dB.
        var makeup = 0.0
    }

    private var (threshold, slope, knee, range, makeup): (Float, Float, Float, Float, Float) = (0, 0, 0, 0, 0)
    private var (attack, release): (Float, Float) = (0, 0)
    private var (decaying, smoothed): (Float, Float) = (0, 0)

    init(_ curve: Curve, _ context: UnitContext) { set(curve, context) }

    mutating func set(_ curve: Curve, _ context: UnitContext) {
        (threshold, knee) = (Float(curve.threshold), Float(curve.knee))
        (slope, range, makeup) = (Float(1 - 1 / curve.ratio), Float(curve.range), Float(curve.makeup))
        attack = context.decay(milliseconds: curve.attack)
        release = context.decay(milliseconds: curve.release)
    }

    /// Replaces levels by gains.
    /// - Parameters:
    ///   - levels: magnitudes; room for whole eights.
    mutating func gains(_ levels: UnsafeMutablePointer<Float>, count: Int) {
        let (threshold, slope, half, range) = (threshold, slope, knee / 2, SIMD8<Float>(repeating: range))
        let curvature = knee > 0 ? 1 / (2 * knee) : 0
        let (zero, width, floor) = (SIMD8<Float>.zero, SIMD8<Float>(repeating: knee), SIMD8<Float>(repeating: 1e-15))
        levels.map(count) { level in
            let over = Exponentials.log2(level.atLeast(floor)) * Decibels.perOctave - threshold
            let soft = (over + half).atLeast(zero).atMost(width)
            return ((soft * soft * curvature + (over - half).atLeast(zero)) * slope).atMost(range)
        }
        let (attack, release) = (attack, release)
        var (decaying, smoothed) = (decaying, smoothed)
        for index in 0..<count {
            let reduction = levels[index]
            decaying = max(reduction, release * decaying + (1 - release) * reduction)
            smoothed = attack * smoothed + (1 - attack) * decaying
            levels[index] = smoothed
        }
        (self.decaying, self.smoothed) = (decaying, smoothed)
        let makeup = makeup
        levels.map(count) { Exponentials.exp2((makeup - $0) * (1 / Decibels.perOctave)) }
    }
}
