import Primitives

/// Why a fingerprint can not be made, read or found.
package enum FingerprintError: CodedError, Equatable {
    /// The audio gives not one item; Chromaprint needs about 3 seconds.
    case tooShort
    /// Text that is no fingerprint.
    case notAFingerprint
    /// A fingerprint of another algorithm than the one that the store holds; the number as `fpcalc -algorithm` counts.
    case otherAlgorithm(Int)
    /// The library does not take audio of this form.
    case format(sampleRate: Int, channels: Int)
    case outOfMemory

    package var code: String {
        switch self {
        case .tooShort: "audio-too-short"
        case .notAFingerprint: "not-a-fingerprint"
        case .otherAlgorithm: "other-fingerprint-algorithm"
        case .format: "audio-format"
        case .outOfMemory: "out-of-memory"
        }
    }

    package var message: String {
        switch self {
        case .tooShort: "the audio is too short for a fingerprint, which needs about 3 seconds"
        case .notAFingerprint: "the text is not a fingerprint as fpcalc prints it"
        case .otherAlgorithm(let number):
            "the fingerprint is of algorithm \(number); fingerprints of algorithm \(Fingerprint.algorithm + 1) can be compared here"
        case .format(let sampleRate, let channels): "no fingerprint is made of \(channels) channels at \(sampleRate) Hz"
        case .outOfMemory: "the machine has no memory left for this fingerprint"
        }
    }
}
