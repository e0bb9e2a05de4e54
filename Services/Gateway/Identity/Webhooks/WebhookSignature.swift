import Cryptography
package import HTTP
package import Primitives

extension WebhookSignature {
    /// How far the time of a webhook may be from now.
    package static let tolerance = Duration.minutes(5)

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
        try check(timestamp: timestamp, of: "webhook-timestamp", now: now)
        let expected = secrets.map { authenticate(id, timestamp, payload, $0) }
        let given = signature.split(separator: " ").prefix(16).compactMap { part in
            part.hasPrefix("v1,") ? Base64.decode(String(part.dropFirst(3))) : nil
        }
        guard given.contains(where: { one in expected.contains { constantTimeEqual($0, one) } }) else { throw .wrong }
    }

    /// - Parameters:
    ///   - timestamp: whole seconds since 1970.
    ///   - name: what it is the value of.
    /// - Throws: `SignatureError`: `.missing`, `.time`.
    static func check(timestamp: String, of name: String, now: Timestamp) throws(SignatureError) {
        guard timestamp.utf8.count <= 12, timestamp.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(timestamp)
        else {
            throw .missing("\(name) is not a number of seconds")
        }
        let distance = now.duration(since: Timestamp(milliseconds: seconds * 1000))
        guard distance <= tolerance, distance >= .zero - tolerance else { throw .time }
    }
}
