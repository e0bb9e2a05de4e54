import Primitives

/// Why a watermark can not be embedded or searched for.
package enum WatermarkError: CodedError, Equatable {
    /// The key has no bytes, or more than 4,096; the count.
    case key(Int)
    /// The sample rate in Hz is outside of 8,000 to 384,000.
    case sampleRate(Int)
    /// Other than 1 to 8 channels; the count.
    case channels(Int)
    /// The strength is outside of 0.25 to 4.
    case strength(Double)
    /// The playback speed is outside of 0.8 to 1.25.
    case speed(Double)
    case outOfMemory

    package var code: String {
        switch self {
        case .key: "watermark-key-invalid"
        case .sampleRate: "watermark-sample-rate-unsupported"
        case .channels: "watermark-channels-unsupported"
        case .strength: "watermark-strength-invalid"
        case .speed: "watermark-speed-invalid"
        case .outOfMemory: "out-of-memory"
        }
    }

    package var message: String {
        switch self {
        case .key(let count): "a watermark key has 1 to 4096 bytes, not \(count)"
        case .sampleRate(let rate): "watermarks work at 8000 to 384000 Hz, not at \(rate) Hz"
        case .channels(let count): "watermarks work on 1 to 8 channels, not on \(count)"
        case .strength(let strength): "the strength of a watermark is 0.25 to 4, not \(strength)"
        case .speed(let speed): "watermarks are searched for at speeds from 0.8 to 1.25, not at \(speed)"
        case .outOfMemory: "the machine has no memory left for this job"
        }
    }
}
