/// How one recording takes part in a mix.
package struct MixTrack: Sendable, Hashable {
    /// dB.
    package var gain = 0.0
    /// From -1 (left) to 1 (right).
    package var pan = 0.0
    /// Where it begins in the mix, seconds.
    package var start = 0.0
    /// Seconds.
    package var fadeIn = 0.0
    /// Seconds.
    package var fadeOut = 0.0
    /// Whether it begins anew when it ends, until the mix does.
    package var loops = false
    /// Whether it is lowered while speech tracks speak.
    package var ducks = false
    /// Whether others are lowered while it speaks.
    package var speaks = false

    package init() {}
}
