import Glibc

/// Follows speech and tells the gain of what makes room for it: a gate with hysteresis, hold and slopes that are straight in
/// decibels, as U. Zölzer, "DAFX" (2nd edition, section 4.2), builds side-chained dynamics.
struct Ducker {
    /// Frames of one step.
    let stepFrames: Int

    /// How far under the threshold speech must fall to be over, dB: a voice does not make the gain flutter.
    private static let hysteresis = 6.0
    private let opens: Float
    private let closes: Float
    private let depth: Double
    private let fall: Double
    private let rise: Double
    private let holdSteps: Int
    private var isOpen = false
    private var held = 0
    /// The reduction so far, dB, from 0 to `depth`.
    private var reduction = 0.0
    private(set) var openSteps = 0

    init(_ ducking: Ducking, sampleRate: Int) {
        stepFrames = max(1, sampleRate / 100)
        let seconds = Double(stepFrames) / Double(sampleRate)
        opens = Float(pow(10, ducking.threshold / 10))
        closes = Float(pow(10, (ducking.threshold - Self.hysteresis) / 10))
        depth = ducking.depth
        fall = ducking.depth * seconds / max(seconds, ducking.attack)
        rise = ducking.depth * seconds / max(seconds, ducking.release)
        holdSteps = Int((ducking.hold / seconds).rounded())
    }

    /// - Parameter energy: the mean square of the speech in the next step.
    /// - Returns: the gain at the step's end, an amplitude ratio.
    mutating func next(_ energy: Float) -> Float {
        isOpen = energy >= (isOpen ? closes : opens)
        held = isOpen ? holdSteps : max(0, held - 1)
        if isOpen || held > 0 {
            reduction = min(depth, reduction + fall)
            openSteps += 1
        } else {
            reduction = max(0, reduction - rise)
        }
        return Float(pow(10, -reduction / 20))
    }
}
