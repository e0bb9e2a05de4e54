import Primitives

/// How an attempt to deliver went.
package enum SendResult: Sendable, Hashable {
    /// - reference: what later messages about the same name to belong to it.
    /// - remark: what was not as it should be.
    case delivered(reference: String?, remark: String? = nil)
    /// Some have it, others were put off.
    case partly(MailProgress, String)
    /// - isFinal: no later attempt could do better.
    case failed(String, retryAfter: Duration? = nil, isFinal: Bool = false)
}

/// How far a mail has come.
package struct MailProgress: Codable, Sendable, Hashable {
    /// Whom it must go to still.
    package var remaining: [String]
    /// What the server has said of those who will never get it.
    package var refused: [String]
}

/// What an attempt has to go by.
package struct SendOrder: Sendable {
    package let delivery: Delivery
    package let channel: Channel
    package let mail: MailSettings?
    /// The first message about the same group.
    package let reference: String?
}
