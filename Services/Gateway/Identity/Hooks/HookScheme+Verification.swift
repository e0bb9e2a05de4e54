import Cryptography
package import HTTP
package import Primitives

/// A message as it came in.
package struct HookMessage: Sendable {
    package let headers: HTTPHeaders
    /// Byte for byte.
    package let body: Bytes

    package init(headers: HTTPHeaders, body: Bytes) {
        (self.headers, self.body) = (headers, body)
    }

    /// The body, when it is a JSON document.
    var document: JSONValue? { try? JSONValue(parsing: body) }
}

extension HookScheme {
    /// Signatures of one message that are looked at.
    private static let mostSignatures = 16

    /// Checks the signature of a message.
    /// - Parameter secrets: any of them may fit.
    /// - Returns: the identifier by which a repetition is told: the sender's, or where there is none the signature.
    /// - Throws: `SignatureError`: `.missing`, `.time`, `.wrong`.
    func verify(_ message: HookMessage, secrets: [String], now: Timestamp) throws(SignatureError) -> String {
        switch self {
        case .standard: try verifyStandard(message, secrets, now)
        case .github: try verifyGitHub(message, secrets, now)
        case .stripe: try verifyStripe(message, secrets, now)
        case .slack: try verifySlack(message, secrets, now)
        }
    }

    /// What the sender calls the message.
    func kind(of message: HookMessage, _ document: JSONValue?) -> String? {
        let kind = self == .github ? message.headers["X-GitHub-Event"] : document?["type"]?.stringValue
        return kind.flatMap { (1...200).contains($0.utf8.count) ? $0 : nil }
    }

    private func verifyStandard(
        _ message: HookMessage, _ secrets: [String], _ now: Timestamp
    ) throws(SignatureError) -> String {
        let id = try Self.field("webhook-id", of: message)
        try WebhookSignature.verify(
            id: id, timestamp: try Self.field("webhook-timestamp", of: message),
            signature: try Self.field("webhook-signature", of: message), payload: message.body,
            secrets: secrets.compactMap(WebhookSecret.init(text:)), now: now)
        return id
    }

    /// Source: docs.github.com, "Validating webhook deliveries". Neither the identifier nor a time is signed. Without an identifier
    /// equal bodies have equal signatures, and only those of the same five minutes count as one message.
    private func verifyGitHub(_ message: HookMessage, _ secrets: [String], _ now: Timestamp) throws(SignatureError) -> String {
        let signature = try Self.field("X-Hub-Signature-256", of: message)
        guard signature.hasPrefix("sha256=") else { throw .missing("X-Hub-Signature-256 does not begin with sha256=") }
        let own = try match([signature.dropFirst(7)], message.body, secrets)
        return Self.identifier(message.headers["X-GitHub-Delivery"]) ?? "\(own)-\(now.milliseconds / 300_000)"
    }

    /// Source: docs.stripe.com/webhooks, "Verify webhook signatures manually".
    private func verifyStripe(
        _ message: HookMessage, _ secrets: [String], _ now: Timestamp
    ) throws(SignatureError) -> String {
        let parts = try Self.field("Stripe-Signature", of: message).split(separator: ",").prefix(Self.mostSignatures)
        guard let time = parts.first(where: { $0.hasPrefix("t=") })?.dropFirst(2) else {
            throw .missing("Stripe-Signature has no t")
        }
        try WebhookSignature.check(timestamp: String(time), of: "t", now: now)
        let own = try match(
            parts.filter { $0.hasPrefix("v1=") }.map { $0.dropFirst(3) }, Bytes("\(time).".utf8) + message.body, secrets)
        return Self.identifier(message.document?["id"]?.stringValue) ?? own
    }

    /// Source: docs.slack.dev, "Verifying requests from Slack".
    private func verifySlack(
        _ message: HookMessage, _ secrets: [String], _ now: Timestamp
    ) throws(SignatureError) -> String {
        let time = try Self.field("X-Slack-Request-Timestamp", of: message)
        try WebhookSignature.check(timestamp: time, of: "X-Slack-Request-Timestamp", now: now)
        let signature = try Self.field("X-Slack-Signature", of: message)
        guard signature.hasPrefix("v0=") else { throw .missing("X-Slack-Signature does not begin with v0=") }
        let own = try match([signature.dropFirst(3)], Bytes("v0:\(time):".utf8) + message.body, secrets)
        return Self.identifier(message.document?["event_id"]?.stringValue) ?? own
    }

    /// - Returns: the signature that fits, in lower case.
    private func match(
        _ signatures: some Collection<Substring>, _ signed: Bytes, _ secrets: [String]
    ) throws(SignatureError) -> String {
        let expected = secrets.compactMap(key).map { HMACSHA256.authenticate(signed, key: $0) }
        let given = signatures.prefix(Self.mostSignatures).compactMap { Hex.decode(String($0)) }
        guard let own = given.first(where: { one in expected.contains { constantTimeEqual($0, one) } }) else { throw .wrong }
        return Hex.encode(own)
    }

    private static func field(_ name: String, of message: HookMessage) throws(SignatureError) -> String {
        guard let value = message.headers[name] else { throw .missing("there is no \(name)") }
        return value
    }

    private static func identifier(_ text: String?) -> String? {
        text.flatMap { (1...256).contains($0.utf8.count) ? $0 : nil }
    }
}
