/// Logarithms and powers of eight numbers at a time.
///
/// Numbers are split into exponent and mantissa by their IEEE 754 bits; what remains goes through a short series.
enum Exponentials {
    /// Adding it leaves a float rounded to a whole number in the low bits: 1.5 times 2^23.
    private static var rounding: Float { 12_582_912 }

    /// The logarithm to base 2; the error is below 2e-6.
    /// - Parameter x: positive, not denormal.
    @inline(__always)
    static func log2(_ x: SIMD8<Float>) -> SIMD8<Float> {
        let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
        // The mantissa is taken from between the roots of 1/2 and 2.
        let exponent = (bits &- 0x3F35_04F3) &>> 23
        let mantissa = unsafeBitCast(bits &- (exponent &<< 23), to: SIMD8<Float>.self)
        let whole = unsafeBitCast(exponent &+ 0x4B40_0000, to: SIMD8<Float>.self) - rounding
        // ln m = 2 artanh((m - 1) / (m + 1)), by its Taylor series.
        let t = (mantissa - 1) / (mantissa + 1)
        let square = t * t
        var series = step(square, SIMD8(repeating: 1 / 7), 1 / 5)
        series = step(square, series, 1 / 3)
        series = step(square, series, 1) * t
        return whole + series * 2.885_390_1  // 2 / ln 2
    }

    /// 2 to the power of x; the relative error is below 1e-6.
    /// - Parameter x: -126...127.
    @inline(__always)
    static func exp2(_ x: SIMD8<Float>) -> SIMD8<Float> {
        let rounded = x + rounding
        let exponent = unsafeBitCast(rounded, to: SIMD8<Int32>.self) &<< 23
        let f = (x - (rounded - rounding)) * 0.693_147_2
        // e to the power of f, |f| below 0.35, by its Taylor series.
        var power = step(f, SIMD8(repeating: 1 / 720), 1 / 120)
        power = step(f, power, 1 / 24)
        power = step(f, power, 1 / 6)
        power = step(f, power, 0.5)
        power = step(f, power, 1)
        power = step(f, power, 1)
        return unsafeBitCast(unsafeBitCast(power, to: SIMD8<Int32>.self) &+ exponent, to: SIMD8<Float>.self)
    }

    /// One step of Horner's scheme.
    @inline(__always)
    private static func step(_ x: SIMD8<Float>, _ sum: SIMD8<Float>, _ coefficient: Float) -> SIMD8<Float> {
        sum * x + coefficient
    }

    /// The hyperbolic tangent; the error is below 1e-6.
    @inline(__always)
    static func tanh(_ x: SIMD8<Float>) -> SIMD8<Float> {
        let limit = SIMD8<Float>(repeating: 9)
        let power = exp2(x.atMost(limit).atLeast(-limit) * 2.885_390_1)
        return (power - 1) / (power + 1)
    }
}
