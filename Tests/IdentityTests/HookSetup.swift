import Contracts
import Cryptography
import HTTP
import Identity
import Persistence
import Primitives
import Testing

/// Hooks, and senders who sign for them.
struct HookSetup {
    let scratch: Scratch
    let hooks: Hooks

    static func with(_ body: (HookSetup) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            let secrets = try #require(DerivedSecrets(master: Bytes(repeating: 1, count: 32)))
            try await body(HookSetup(scratch: scratch, hooks: Hooks(scratch.database, secrets: secrets, clock: scratch.clock.read)))
        }
    }

    /// With a secret that the sender has chosen, where a scheme has such.
    func add(
        _ scheme: HookScheme = .standard, secret: String? = nil, owner: String = "ann"
    ) async throws -> (hook: Hook, secret: String) {
        try await hooks.add(name: "shop", event: "orders.paid", scheme: scheme, secret: secret, owner: owner)
    }

    var seconds: Int64 { scratch.clock.now.milliseconds / 1000 }

    /// A message as a sender of the scheme signs it.
    /// - Parameter age: seconds ago.
    func message(
        _ scheme: HookScheme = .standard, _ body: String = #"{"type":"order.paid"}"#, id: String = "msg_1", secret: String,
        age: Int64 = 0
    ) throws -> HookMessage {
        let (payload, time) = (Bytes(body.utf8), seconds - age)
        func hexadecimal(_ start: String) -> String {
            Hex.encode(HMACSHA256.authenticate(Bytes(start.utf8) + payload, key: Bytes(secret.utf8)))
        }
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        switch scheme {
        case .standard:
            let key = try #require(WebhookSecret(text: secret))
            let signed = WebhookSignature.headers(
                id: id, time: Timestamp(milliseconds: time * 1000), payload: payload, secrets: [key])
            for header in signed { headers[header.name] = header.value }
        case .github:
            headers["X-GitHub-Delivery"] = id
            headers["X-GitHub-Event"] = "push"
            headers["X-Hub-Signature-256"] = "sha256=" + hexadecimal("")
        case .stripe: headers["Stripe-Signature"] = "t=\(time),v1=\(hexadecimal("\(time).")),v0=00"
        case .slack:
            headers["X-Slack-Request-Timestamp"] = "\(time)"
            headers["X-Slack-Signature"] = "v0=" + hexadecimal("v0:\(time):")
        }
        return HookMessage(headers: headers, body: payload)
    }

    /// What becomes of a message.
    /// - Returns: `accepted`, `repeated`, or the code of why it was not taken.
    func send(_ message: HookMessage, to hook: Hook) async throws -> String {
        do {
            return try await hooks.accept(try await hooks.verify(message, for: hook.id)) ? "accepted" : "repeated"
        } catch let error as HookError {
            return error.code
        }
    }

    /// What waits to be published.
    var published: [(subject: String, event: CloudEvent<HookReceived>)] {
        get async throws {
            try await scratch.database.read { connection in
                try connection.query("SELECT subject, payload FROM outbox ORDER BY sequence") { row in
                    (
                        try row.text("subject"),
                        try JSON.decode(CloudEvent<HookReceived>.self, from: try row.blob("payload"))
                    )
                }
            }
        }
    }

    func outcomes(_ hook: Hook) async throws -> [String] {
        try await hooks.deliveries(to: hook.id, of: hook.owner).map(\.outcome)
    }
}
