import Glibc

/// Interpolation filters: a sine cardinal under a Kaiser window (J. F. Kaiser 1974).
enum WindowedSinc {
    /// The taps that give the value a fraction of a frame after the middle of a stretch of samples.
    /// - Parameters:
    ///   - fraction: 0..<1 frame after the sample at index `halfWidth - 1`.
    ///   - halfWidth: samples on each side; there are twice as many taps.
    ///   - beta: shape of the window; larger ones trade width for rejection.
    static func taps(fraction: Double, halfWidth: Int, beta: Double) -> [Float] {
        (0..<2 * halfWidth).map { index in
            let distance = Double(index - (halfWidth - 1)) - fraction
            return Float(value(distance, halfWidth: Double(halfWidth), beta: beta, cutoff: 1))
        }
    }

    /// The windowed sinc at a distance in frames.
    /// - Parameter cutoff: as a part of half the rate.
    static func value(_ distance: Double, halfWidth: Double, beta: Double, cutoff: Double) -> Double {
        let part = distance / halfWidth
        guard abs(part) <= 1 else { return 0 }
        let x = Double.pi * distance * cutoff
        let sinc = abs(x) < 1e-9 ? 1 : sin(x) / x
        return cutoff * sinc * bessel(beta * (1 - part * part).squareRoot()) / bessel(beta)
    }

    /// The modified Bessel function of the first kind and order 0, by its power series.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for k in 1..<60 {
            term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
            sum += term
            if term < 1e-12 * sum { break }
        }
        return sum
    }
}
