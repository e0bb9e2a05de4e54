package import Primitives

/// A message that has come in at one of the studio's hooks and whose signature is right; the data of the event
/// `avstudio.hook.received`.
///
/// The same message is told once within the days that its identifier is kept, and after a crash by the same event's identifier.
package struct HookReceived: Codable, Sendable {
    package static let type = "avstudio.hook.received"

    /// The identifier of the hook, which is in the subject too: names of events are chosen by owners, and need not be unique.
    package var hook: String
    /// Whose hook it is.
    package var owner: String
    /// What the owner calls such messages: `orders.paid`.
    package var event: String
    /// How it was signed.
    package var scheme: String
    /// The sender's identifier of the message, or one made from its signature.
    package var message: String
    /// What the sender calls it: GitHub's `X-GitHub-Event`, else the member `type` of the body.
    package var kind: String?
    package var contentType: String?
    /// The body, when it is JSON: published to the letter, so that who needs a number beyond `Int64` and `Double` finds it there.
    package var payload: JSONValue?
    /// The body, when it is other text.
    package var text: String?
    /// The body in Base64, when it is no text.
    package var base64: String?

    private enum CodingKeys: String, CodingKey {
        case hook, owner, event, scheme, message, kind, payload, text, base64
        case contentType = "content_type"
    }

    package init(
        hook: String, owner: String, event: String, scheme: String, message: String, kind: String? = nil,
        contentType: String? = nil
    ) {
        (self.hook, self.owner, self.event, self.scheme) = (hook, owner, event, scheme)
        (self.message, self.kind, self.contentType) = (message, kind, contentType)
    }

}
