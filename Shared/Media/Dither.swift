import CLibAV

/// How rounding noise is shaped when bits are taken away.
package enum Dither: String, Sendable, CaseIterable {
    case none, rectangular, triangular
    /// Triangular with its noise moved up in frequency.
    case triangularHighPass = "triangular-high-pass"

    /// The method's number in libswresample.
    var method: Int {
        switch self {
        case .none: Int(SWR_DITHER_NONE.rawValue)
        case .rectangular: Int(SWR_DITHER_RECTANGULAR.rawValue)
        case .triangular: Int(SWR_DITHER_TRIANGULAR.rawValue)
        case .triangularHighPass: Int(SWR_DITHER_TRIANGULAR_HIGHPASS.rawValue)
        }
    }
}
