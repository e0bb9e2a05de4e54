/// How tracks make room for speech.
package struct Ducking: Sendable, Hashable {
    /// Speech louder than this makes room, dBFS, as the mean over a hundredth of a second of all speech tracks together.
    package var threshold = -40.0
    /// By how much the others are lowered, dB.
    package var depth = 12.0
    /// Seconds in which they go down.
    package var attack = 0.15
    /// Seconds that they stay down after the last sound of speech.
    package var hold = 0.5
    /// Seconds in which they come back.
    package var release = 0.8
    /// Seconds by which they begin to go down before speech begins.
    package var lookAhead = 0.15

    package init() {}
}
