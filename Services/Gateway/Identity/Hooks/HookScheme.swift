import Cryptography
import HTTP
import Primitives

/// How the senders of messages sign them.
package enum HookScheme: String, Sendable, CaseIterable {
    /// Standard Webhooks 1.0, symmetric signatures `v1`.
    case standard
    /// GitHub's `X-Hub-Signature-256`, which others have taken over. It signs no time.
    case github
    /// Stripe's `Stripe-Signature`.
    case stripe
    /// Slack's `X-Slack-Signature`.
    case slack

    /// Bytes of a secret that is no Standard Webhooks secret.
    private static let secretLengths = 16...256

    /// - Throws: `HookError.secretInvalid`.
    func check(secret: String) throws(HookError) {
        if self == .standard {
            guard WebhookSecret(text: secret) != nil else {
                throw .secretInvalid("a secret of Standard Webhooks is whsec_ and 24 to 64 bytes in Base64")
            }
        } else {
            guard Self.secretLengths.contains(secret.utf8.count), secret.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw .secretInvalid("a secret has 16 to 256 ASCII characters")
            }
        }
    }

    /// The key of HMAC that a secret's text stands for.
    /// - Returns: `nil` for a text that is none.
    func key(of secret: String) -> Bytes? {
        self == .standard ? WebhookSecret(text: secret)?.bytes : Bytes(secret.utf8)
    }
}
