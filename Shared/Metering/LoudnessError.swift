import Primitives

/// Why sound can not be measured.
package enum LoudnessError: CodedError, Equatable {
    /// Loudness is not defined for so many channels or such a rate, Hz.
    case unmeasurable(channels: Int, sampleRate: Int)
    case outOfMemory

    package var code: String {
        switch self {
        case .unmeasurable: "audio-unmeasurable"
        case .outOfMemory: "out-of-memory"
        }
    }

    package var message: String {
        switch self {
        case .unmeasurable(let channels, let sampleRate): "loudness is not defined for \(channels) channels at \(sampleRate) Hz"
        case .outOfMemory: "the machine has no memory left for this job"
        }
    }
}
