import Glibc

/// Low, band and high parts of a signal whose sum is the signal itself (Butterworth, second order).
///
/// Source: V. Zavalishin, "The art of VA filter design", chapter 4: the trapezoidal state variable filter.
struct StateVariableFilter {
    private let (g, damping, scale): (Float, Float, Float)
    private var (s1, s2): (Float, Float) = (0, 0)

    init(frequency: Double, sampleRate: Double) {
        let warped = tan(.pi * frequency / sampleRate)
        let root = 2.0.squareRoot()
        (g, damping) = (Float(warped), Float(root))
        scale = Float(1 / (1 + root * warped + warped * warped))
    }

    /// Splits one channel.
    /// - Parameters:
    ///   - band: what is around the frequency.
    ///   - high: what is above it.
    mutating func split(
        _ input: UnsafePointer<Float>, band: UnsafeMutablePointer<Float>, high: UnsafeMutablePointer<Float>, count: Int
    ) {
        var (s1, s2) = (s1, s2)
        for index in 0..<count {
            let top = (input[index] - (damping + g) * s1 - s2) * scale
            let middle = g * top + s1
            s1 = g * top + middle
            let low = g * middle + s2
            s2 = g * middle + low
            high[index] = top
            band[index] = middle * damping
        }
        (self.s1, self.s2) = (s1, s2)
    }
}
