import Glibc

/// How bright the samples of a picture are on a screen, 1 being the white of a usual one, 200 cd/m² (ITU-R BT.1702).
enum LightScale {
    /// IEC 61966-2-1, which WCAG 2.2 defines relative luminance by; BT.709 pictures are seen much alike.
    case standard
    /// Perceptual quantiser (SMPTE ST 2084), absolute.
    case perceptual
    /// Hybrid log-gamma (ITU-R BT.2100) on a screen of 1000 cd/m².
    case hybrid

    /// - Parameter transfer: the name of the picture's transfer characteristics; `nil` where it is not told.
    init(transfer: String?) {
        self =
            switch transfer {
            case "smpte2084": .perceptual
            case "arib-std-b67": .hybrid
            default: .standard
            }
    }

    /// The light of each sample of eight bits.
    var table: [Float] { (0...255).map { Float(light(Double($0) / 255)) } }

    private func light(_ signal: Double) -> Double {
        switch self {
        case .standard: return signal <= 0.04045 ? signal / 12.92 : pow((signal + 0.055) / 1.055, 2.4)
        case .perceptual:
            let root = pow(signal, 1 / 78.84375)
            return pow(max(0, root - 0.8359375) / (18.8515625 - 18.6875 * root), 1 / 0.1593017578125) * 10_000 / 200
        case .hybrid:
            let scene = signal <= 0.5 ? signal * signal / 3 : (exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
            return pow(scene, 1.2) * 1000 / 200
        }
    }
}
