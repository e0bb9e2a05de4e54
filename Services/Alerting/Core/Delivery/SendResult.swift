import Primitives

/// How an attempt to deliver went.
package enum SendResult: Sendable, Hashable {
    /// - reference: what later messages about the same name to belong to it.
    case delivered(reference: String?)
    /// - isFinal: no later attempt could do better.
    case failed(String, retryAfter: Duration? = nil, isFinal: Bool = false)
}

/// What an attempt has to go by.
package struct SendOrder: Sendable {
    package let delivery: Delivery
    package let channel: Channel
    package let mail: MailSettings?
    /// The first message about the same group.
    package let reference: String?
}
