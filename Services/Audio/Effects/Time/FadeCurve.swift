import Glibc

/// The shape of a fade.
enum FadeCurve: String, CaseIterable, Sendable {
    /// The amplitude goes in a straight line.
    case linear
    /// A quarter of a sine: two of them crossfade at equal power.
    case equalPower = "equal_power"
    /// Half a cosine: it begins and ends gently.
    case smooth
    /// The level goes in a straight line in decibels, from -60.
    case exponential

    /// The factor at a part of the way in.
    /// - Parameter part: 0...1, from silence to full level.
    func factor(_ part: Double) -> Float {
        switch self {
        case .linear: Float(part)
        case .equalPower: Float(sin(part * .pi / 2))
        case .smooth: Float(0.5 - 0.5 * cos(part * .pi))
        case .exponential: part <= 0 ? 0 : Float(pow(10, 3 * (part - 1)))
        }
    }
}
