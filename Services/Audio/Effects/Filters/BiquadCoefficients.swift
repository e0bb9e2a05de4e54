import Glibc

/// A second-order filter, y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y''.
///
/// Source of the designs: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients".
struct BiquadCoefficients: Equatable {
    var (b0, b1, b2, a1, a2) = (1.0, 0.0, 0.0, 0.0, 0.0)

    /// - Parameters:
    ///   - frequency: Hz, below half the rate.
    ///   - gain: dB; for peaks and shelves.
    ///   - q: quality; for a shelf 0.707 is the steepest without a bump.
    init(_ kind: EqualizerBand.Kind, frequency: Double, gain: Double, q: Double, sampleRate: Double) {
        let w = 2 * Double.pi * frequency / sampleRate
        let (c, alpha) = (cos(w), sin(w) / (2 * q))
        let a = pow(10, gain / 40)
        let slope = 2 * a.squareRoot() * alpha
        switch kind {
        case .peak:
            set(1 + alpha * a, -2 * c, 1 - alpha * a, over: 1 + alpha / a, -2 * c, 1 - alpha / a)
        case .lowShelf:
            set(
                a * (a + 1 - (a - 1) * c + slope), 2 * a * (a - 1 - (a + 1) * c), a * (a + 1 - (a - 1) * c - slope),
                over: a + 1 + (a - 1) * c + slope, -2 * (a - 1 + (a + 1) * c), a + 1 + (a - 1) * c - slope)
        case .highShelf:
            set(
                a * (a + 1 + (a - 1) * c + slope), -2 * a * (a - 1 + (a + 1) * c), a * (a + 1 + (a - 1) * c - slope),
                over: a + 1 - (a - 1) * c + slope, 2 * (a - 1 - (a + 1) * c), a + 1 - (a - 1) * c - slope)
        case .lowPass:
            set((1 - c) / 2, 1 - c, (1 - c) / 2, over: 1 + alpha, -2 * c, 1 - alpha)
        case .highPass:
            set((1 + c) / 2, -(1 + c), (1 + c) / 2, over: 1 + alpha, -2 * c, 1 - alpha)
        case .bandPass:
            set(alpha, 0, -alpha, over: 1 + alpha, -2 * c, 1 - alpha)
        case .notch:
            set(1, -2 * c, 1, over: 1 + alpha, -2 * c, 1 - alpha)
        }
    }

    private mutating func set(
        _ b0: Double, _ b1: Double, _ b2: Double, over a0: Double, _ a1: Double, _ a2: Double
    ) {
        (self.b0, self.b1, self.b2, self.a1, self.a2) = (b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0)
    }
}
