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

    /// What the channels of a layout are, in its order.
    /// - Parameters:
    ///   - mask: libavutil's channel mask; 0 when the layout is not known, which takes every channel as a front one.
    ///   - isDualMono: whether a single channel counts for two loudspeakers.
    /// - Returns: as many as there are channels.
    package static func roles(channels: Int, mask: UInt64, isDualMono: Bool) -> [LoudnessChannel] {
        guard channels > 1 else { return [isDualMono ? .dualMono : .front] }
        let positions = (0..<64).filter { mask >> UInt64($0) & 1 == 1 }
        guard positions.count == channels else { return Array(repeating: .front, count: channels) }
        // Beside side channels the back ones stand at 135° or more; alone they are the surround pair at 110°.
        let hasSides = positions.contains(9) || positions.contains(10)
        return positions.map { position in
            switch position {
            case 3, 35: .none  // the effects channels
            case 4, 5: hasSides ? .front : .surround
            case 9, 10, 31, 32, 33, 34: .surround  // sides, wide, surround direct
            default: .front
            }
        }
    }

    var libraryValue: Int32 {
        switch self {
        case .front: Int32(EBUR128_CENTER.rawValue)
        case .surround: Int32(EBUR128_LEFT_SURROUND.rawValue)
        case .dualMono: Int32(EBUR128_DUAL_MONO.rawValue)
        case .none: Int32(EBUR128_UNUSED.rawValue)
        }
    }
}
