import Glibc

/// The interpolator behind true-peak metering: a polyphase FIR that gives the signal's values between its samples
/// (ITU-R BS.1770-4, Annex 2).
///
/// It is a sinc cut at the Nyquist frequency under a Kaiser window, `taps` coefficients a phase, so the samples themselves pass
/// unchanged and only the phases between them are computed. Annex 2 prints a filter of 12 taps a phase; this one has 24, which
/// keeps the whole audible band.
///
/// The phases at a quarter and three quarters mirror each other, h₃[k] = h₁[T−1−k]. With the even part e = (h₁+h₃)/2 and the
/// odd part o = (h₁−h₃)/2 the two outputs are E+O and E−O, where E folds e over x[k]+x[T−1−k] and O folds o over x[k]−x[T−1−k]
/// for half the taps. Their larger magnitude is |E|+|O|, which is all that a meter wants.
struct TruePeakFilter: Sendable {
    /// Values computed for each sample interval, the sample itself included.
    enum Oversampling: Int, Sendable {
        case none = 1
        case double = 2
        case quadruple = 4

        /// Annex 2: four-fold at 48 kHz, two-fold at 96 kHz; at 192 kHz the samples are dense enough.
        /// - Parameter sampleRate: Hz.
        init(sampleRate: Int) {
            self = sampleRate < 96_000 ? .quadruple : sampleRate < 192_000 ? .double : .none
        }
    }

    /// Coefficients of each phase.
    static let taps = 24
    /// Samples before the first sample of an interval that its interpolated values draw on.
    static let before = taps / 2 - 1
    /// Samples after the first sample of an interval that its interpolated values draw on.
    static let after = taps / 2

    /// The half-way phase, outermost pair of taps first.
    let half: [Float]
    /// Even part of the quarter phases, outermost pair first.
    let even: [Float]
    /// Odd part of the quarter phases, outermost pair first.
    let odd: [Float]
    /// The largest sum of coefficient magnitudes of any phase. No interpolated value exceeds the largest sample magnitude under
    /// the filter times this: |Σ h[k]·x[k]| ≤ max|x|·Σ|h[k]|.
    let gainBound: Float

    static let shared = TruePeakFilter()

    private init() {
        let quarter = Self.phase(0.25)
        let middle = Self.phase(0.5)
        let last = Self.taps - 1
        let pairs = 0..<(Self.taps / 2)
        half = pairs.map { Float(middle[$0]) }
        even = pairs.map { Float((quarter[$0] + quarter[last - $0]) / 2) }
        odd = pairs.map { Float((quarter[$0] - quarter[last - $0]) / 2) }
        let sums = [quarter, middle].map { phase in phase.reduce(0) { $0 + abs($1) } }
        // A hair more than the sum, for the rounding of single precision.
        gainBound = Float((sums.max() ?? 1) * 1.0001)
    }

    /// The coefficients that give the value `fraction` of an interval after its first sample, scaled to unit gain at 0 Hz.
    private static func phase(_ fraction: Double) -> [Double] {
        let coefficients = (0..<taps).map { tap in
            let distance = Double(tap - before) - fraction
            let position = distance / Double(taps / 2)
            let window = besselI0(kaiserBeta * (1 - position * position).squareRoot()) / besselI0(kaiserBeta)
            return sin(.pi * distance) / (.pi * distance) * window
        }
        let sum = coefficients.reduce(0, +)
        return coefficients.map { $0 / sum }
    }

    /// Kaiser's shape parameter: 53 dB of rejection, flat to 0.435 of the sample rate (20.9 kHz at 48 kHz).
    private static let kaiserBeta = 5.0

    /// The modified Bessel function of the first kind and order zero, by its power series.
    private static func besselI0(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        var k = 1.0
        while term > sum * 1e-16 {
            term *= (x / (2 * k)) * (x / (2 * k))
            sum += term
            k += 1
        }
        return sum
    }
}
