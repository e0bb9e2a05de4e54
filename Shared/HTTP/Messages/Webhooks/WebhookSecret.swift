import Cryptography
package import Primitives

/// The secret of a webhook, as Standard Webhooks 1.0 writes it: `whsec_` and Base64.
package struct WebhookSecret: Sendable, Hashable {
    package let bytes: Bytes

    /// - Parameter bytes: 24 to 64 (Standard Webhooks 1.0, "Signature scheme").
    /// - Returns: `nil` for another length.
    package init?(_ bytes: Bytes) {
        guard (24...64).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// - Parameter text: with or without `whsec_`.
    /// - Returns: `nil` when it has not the form.
    package init?(text: String) {
        let digits = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
        guard let bytes = Base64.decode(digits) else { return nil }
        self.init(bytes)
    }

    package var text: String { "whsec_" + Base64.encode(bytes) }
}
