import Primitives

/// Why a signed request or webhook is refused.
package enum SignatureError: CodedError, Equatable {
    /// There is no signature that can be read.
    case missing(String)
    /// The signature leaves out something that must be signed.
    case uncovered(String)
    /// Something is signed that the request has not, or that is not understood.
    case component(String)
    case keyUnknown
    case wrong
    /// Too old, or from a future.
    case time
    /// The same request was there before.
    case replayed
    /// The body is not the one that was signed.
    case digest

    package var code: String {
        switch self {
        case .missing: "signature-missing"
        case .uncovered: "signature-uncovered"
        case .component: "signature-component"
        case .keyUnknown: "signature-key-unknown"
        case .wrong: "signature-wrong"
        case .time: "signature-time"
        case .replayed: "signature-replayed"
        case .digest: "content-digest-mismatch"
        }
    }

    package var message: String {
        switch self {
        case .missing(let what): "the signature can not be read: \(what)"
        case .uncovered(let name): "the signature must cover \(name)"
        case .component(let name): "the signed component \(name.prefix(100)) is not there or not supported"
        case .keyUnknown: "there is no such key"
        case .wrong: "the signature is wrong"
        case .time: "the signature's time is too far from now; check the clock"
        case .replayed: "a request with this nonce was there before"
        case .digest: "the body does not match its digest"
        }
    }
}
