import Cryptography
package import Primitives

/// The signature of a webhook by Standard Webhooks 1.0, symmetric scheme `v1`: HMAC-SHA256 over `{id}.{timestamp}.{payload}`.
package enum WebhookSignature {
    /// How far the time of a webhook may be from now.
    package static let tolerance = Duration.minutes(5)

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

    /// Checks a webhook that came in. Whoever calls keeps the identifier for as long as `tolerance` and does nothing for one that
    /// comes again.
    /// - Parameters:
    ///   - id: `webhook-id`.
    ///   - timestamp: `webhook-timestamp`, in seconds.
    ///   - signature: `webhook-signature`, one or more separated by spaces; schemes other than `v1` are passed over.
    ///   - payload: the body as it came, before any parsing.
    ///   - secrets: any of them may fit.
    /// - Throws: `SignatureError`: `.missing`, `.time`, `.wrong`.
    package static func verify(
        id: String, timestamp: String, signature: String, payload: Bytes, secrets: [WebhookSecret], now: Timestamp = .now()
    ) throws(SignatureError) {
        guard (1...256).contains(id.utf8.count), !id.contains(".") else { throw .missing("webhook-id is not an identifier") }
        guard timestamp.utf8.count <= 12, timestamp.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(timestamp)
        else {
            throw .missing("webhook-timestamp is not a number of seconds")
        }
        let distance = now.duration(since: Timestamp(milliseconds: seconds * 1000))
        guard distance <= tolerance, distance >= .zero - tolerance else { throw .time }
        let expected = secrets.map { authenticate(id, timestamp, payload, $0) }
        let given = signature.split(separator: " ").prefix(16).compactMap { part in
            part.hasPrefix("v1,") ? Base64.decode(String(part.dropFirst(3))) : nil
        }
        guard given.contains(where: { one in expected.contains { constantTimeEqual($0, one) } }) else { throw .wrong }
    }

    private static func authenticate(_ id: String, _ timestamp: String, _ payload: Bytes, _ secret: WebhookSecret) -> Bytes {
        HMACSHA256.authenticate(Bytes("\(id).\(timestamp).".utf8) + payload, key: secret.bytes)
    }
}
