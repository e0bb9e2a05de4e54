import Primitives

/// Why an audio operation can not do what was asked.
package enum AudioError: CodedError, Equatable {
    /// The signal can not be measured; the text says why.
    case unmeasurable(String)
    case outOfMemory

    package var code: String {
        switch self {
        case .unmeasurable: "unmeasurable-audio"
        case .outOfMemory: "out-of-memory"
        }
    }

    package var message: String {
        switch self {
        case .unmeasurable(let reason): reason
        case .outOfMemory: "the machine has no memory left for this job"
        }
    }
}
