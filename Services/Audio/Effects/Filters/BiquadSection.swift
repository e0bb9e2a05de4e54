/// One second-order filter on two channels at a time, transposed direct form II in double precision.
///
/// The output is put into the updates of the state, which shortens the dependency from one sample to the next:
/// s1' = (b1 - a1 b0) x - a1 s1 + s2 and s2' = (b2 - a2 b0) x - a2 s1.
struct BiquadSection {
    private let (b0, a1, a2): (Double, Double, Double)
    private let (c1, c2): (Double, Double)

    init(_ k: BiquadCoefficients) {
        (b0, a1, a2) = (k.b0, k.a1, k.a2)
        (c1, c2) = (k.b1 - k.a1 * k.b0, k.b2 - k.a2 * k.b0)
    }

    /// What the filter remembers of two channels.
    struct State {
        var (s1, s2) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
    }

    @inline(__always)
    func step(_ x: SIMD2<Double>, _ state: inout State) -> SIMD2<Double> {
        let y = x * b0 + state.s1
        let s1 = (x * c1 + state.s2) - state.s1 * a1
        state.s2 = x * c2 - state.s1 * a2
        state.s1 = s1
        return y
    }
}
