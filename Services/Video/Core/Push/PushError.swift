import Primitives

/// Why a video can not be pushed. Stream keys are in none of it.
package enum PushError: CodedError, Equatable {
    /// What is wrong with the address.
    case badTarget(String)
    case noKey
    /// The connection broke too often in a row; attempts, and seconds that had been sent.
    case brokenOff(attempts: Int, atSeconds: Double)

    package var code: String {
        switch self {
        case .badTarget, .noKey: "push-target"
        case .brokenOff: "push-broken-off"
        }
    }

    package var message: String {
        switch self {
        case .badTarget(let problem): "the target \(problem)"
        case .noKey: "the target needs a stream_key"
        case .brokenOff(let attempts, let seconds):
            "the server refused or broke the connection \(attempts) times in a row, after \(seconds.rounded(decimals: 1)) s of video"
        }
    }

    /// A live stream does not begin anew after viewers have seen some of it.
    package var isRetriable: Bool {
        if case .brokenOff(_, 0) = self { true } else { false }
    }
}
