import CEBUR128

/// What a channel is to the loudness measurement (ITU-R BS.1770-4, Annex 1 and 3).
package enum LoudnessChannel: String, Sendable, Hashable {
    /// Weight 1: within 60° of the front, behind 120°, above or below.
    case front
    /// Weight 1.41 (+1.5 dB): 60° to 120° to the side at ear height.
    case surround
    /// The single channel of a recording that will be heard from two loudspeakers: counted twice (+3 LU).
    case dualMono = "dual-mono"
    /// Left out: the low-frequency effects channel.
    case none

    var libraryValue: Int32 {
        switch self {
        case .front: Int32(EBUR128_CENTER.rawValue)
        case .surround: Int32(EBUR128_LEFT_SURROUND.rawValue)
        case .dualMono: Int32(EBUR128_DUAL_MONO.rawValue)
        case .none: Int32(EBUR128_UNUSED.rawValue)
        }
    }
}
