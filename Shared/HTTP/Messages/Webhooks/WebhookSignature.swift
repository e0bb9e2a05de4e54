import Cryptography
package import Primitives

/// The signature of a webhook by Standard Webhooks 1.0, symmetric scheme `v1`: HMAC-SHA256 over `{id}.{timestamp}.{payload}`.
package enum WebhookSignature {
    /// The headers of an attempt.
    /// - Parameters:
    ///   - id: the message's, the same for every attempt; without a full stop.
    ///   - time: of the attempt.
    ///   - payload: the body, byte for byte.
    ///   - secrets: the present one, and while a rotation overlaps the one before; at least one.
    package static func headers(
        id: String, time: Timestamp, payload: Bytes, secrets: [WebhookSecret]
    ) -> [(name: String, value: String)] {
        let seconds = "\(time.milliseconds / 1000)"
        let signatures = secrets.map { "v1," + Base64.encode(authenticate(id, seconds, payload, $0)) }
        return [
            ("webhook-id", id), ("webhook-timestamp", seconds), ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    /// What `headers` signs with one of the secrets.
    /// - Parameter timestamp: in whole seconds.
    package static func authenticate(_ id: String, _ timestamp: String, _ payload: Bytes, _ secret: WebhookSecret) -> Bytes {
        HMACSHA256.authenticate(Bytes("\(id).\(timestamp).".utf8) + payload, key: secret.bytes)
    }
}
