import Primitives

/// Why something about incoming hooks is refused.
package enum HookError: CodedError, Equatable {
    case notFound
    case eventInvalid(String)
    case secretInvalid(String)
    case tooMany(limit: Int)
    /// The signature does not fit; senders are not told why, the hook's owner is.
    case unsigned
    case disabled
    case tooLarge(limit: Int)
    /// What came in before waits to be published.
    case behind

    package var code: String {
        switch self {
        case .notFound: "hook-not-found"
        case .eventInvalid: "invalid-event-type"
        case .secretInvalid: "invalid-secret"
        case .tooMany: "quota-exceeded"
        case .unsigned: "signature-refused"
        case .disabled: "hook-disabled"
        case .tooLarge: "payload-too-large"
        case .behind: "hooks-behind"
        }
    }

    package var message: String {
        switch self {
        case .notFound: "there is no such hook"
        case .eventInvalid(let event): "\(event.prefix(100)) is no name of an event; one looks like orders.paid"
        case .secretInvalid(let what): what
        case .tooMany(let limit): "you may keep \(limit) hooks; delete some first"
        case .unsigned: "the message is not signed as this hook's messages are"
        case .disabled: "this hook takes nothing any more"
        case .tooLarge(let limit): "a message has at most \(limit) bytes"
        case .behind: "more messages wait than are kept; send it again later"
        }
    }
}
