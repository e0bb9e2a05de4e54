/// The binary logarithm where a ten-thousandth is enough: the exponent of a float, and a polynomial for its significand.
enum FastLogarithm {
    /// Decibels of a power ratio of two.
    static let decibelsPerOctave: Float = 3.010_299_957

    /// - Parameter value: a positive normal number.
    /// - Returns: its logarithm to base two, off by at most 6e-5: a least-squares fit at Chebyshev nodes that is exact at powers
    ///   of two.
    @inline(__always)
    static func log2(_ value: Float) -> Float {
        let bits = value.bitPattern
        let exponent = Float(Int32(bits >> 23) - 127)
        let x = Float(bitPattern: bits & 0x007F_FFFF | 0x3F80_0000) - 1
        let outer: Float = (0.059_945_59 * x - 0.227_712_64) * x + 0.442_274_18
        return exponent + x * ((outer * x - 0.717_063_93) * x + 1.442_615_68)
    }
}
