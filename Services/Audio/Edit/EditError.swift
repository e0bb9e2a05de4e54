import Primitives

/// Why sound can not be edited as asked.
package enum EditError: CodedError, Equatable {
    /// A sample is infinite or not a number.
    case notFinite
    /// A member of a mix document does not fit: its path and what is wrong there.
    case mix(path: String, problem: String)
    /// A member of a list of ranges does not fit: its path and what is wrong there.
    case ranges(path: String, problem: String)
    /// What was asked leaves nothing of the recording.
    case nothingLeft

    package var code: String {
        switch self {
        case .notFinite: "audio-not-finite"
        case .mix: "invalid-mix"
        case .ranges: "invalid-ranges"
        case .nothingLeft: "nothing-left"
        }
    }

    package var message: String {
        switch self {
        case .notFinite: "the audio holds samples that are infinite or not numbers"
        case .mix(let path, let problem): path.isEmpty ? "the mix \(problem)" : "\(path) \(problem)"
        case .ranges(let path, let problem): path.isEmpty ? "the ranges \(problem)" : "\(path) \(problem)"
        case .nothingLeft: "nothing of the recording would be left"
        }
    }
}
