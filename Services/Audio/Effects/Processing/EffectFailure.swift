import Primitives

/// Why a chain can not be put to work.
package enum EffectFailure: CodedError, Equatable {
    /// No effect is defined for such a rate, Hz.
    case sampleRate(Double)
    case channels(Int)
    case outOfMemory

    package var code: String {
        switch self {
        case .sampleRate: "effects-sample-rate"
        case .channels: "effects-channels"
        case .outOfMemory: "out-of-memory"
        }
    }

    package var message: String {
        switch self {
        case .sampleRate(let rate): "effects work on audio of 4000 to 768000 Hz, not of \(rate) Hz"
        case .channels(let count): "effects work on audio of 1 to 8 channels, not of \(count)"
        case .outOfMemory: "the machine has no memory left for this effect chain"
        }
    }
}
