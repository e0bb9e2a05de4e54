import Primitives

/// Why something about webhooks is refused.
package enum WebhookError: CodedError, Equatable {
    case notFound
    case urlInvalid(String)
    case typeInvalid(String)
    case payloadTooLarge(limit: Int)
    case tooMany(limit: Int)

    package var code: String {
        switch self {
        case .notFound: "webhook-not-found"
        case .urlInvalid: "invalid-url"
        case .typeInvalid: "invalid-event-type"
        case .payloadTooLarge: "payload-too-large"
        case .tooMany: "quota-exceeded"
        }
    }

    package var message: String {
        switch self {
        case .notFound: "there is no such endpoint or message"
        case .urlInvalid(let what): what
        case .typeInvalid(let type): "\(type.prefix(100)) is no event type; one looks like job.finished, or job.* for all of a kind"
        case .payloadTooLarge(let limit): "an event has at most \(limit) bytes"
        case .tooMany(let limit): "you may keep \(limit) endpoints; delete some first"
        }
    }
}
