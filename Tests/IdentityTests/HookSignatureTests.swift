import Contracts
import HTTP
import Identity
import Primitives
import Testing

/// Which messages hooks take, by the schemes that senders sign with.
struct HookSignatureTests {
    private static let secret = "whsec_aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8hIQ=="

    @Test(arguments: HookScheme.allCases) func rightAndWrong(_ scheme: HookScheme) async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add(scheme, secret: scheme == .standard ? nil : Self.secret)
            let right = try setup.message(scheme, secret: secret)
            let changed = HookMessage(headers: right.headers, body: right.body + [32])
            #expect(try await setup.send(changed, to: hook) == "signature-refused")
            #expect(try await setup.send(HookMessage(headers: [:], body: right.body), to: hook) == "signature-refused")
            let forged = try setup.message(scheme, secret: "whsec_" + String(repeating: "A", count: 43) + "=")
            #expect(try await setup.send(forged, to: hook) == "signature-refused")
            #expect(try await setup.published.isEmpty)
            #expect(try await setup.send(right, to: hook) == "accepted")
            #expect(try await setup.send(right, to: hook) == "repeated")
            let published = try await setup.published
            #expect(published.map(\.subject) == ["avstudio.hook.\(hook.id).orders.paid"])
            let data = try #require(published.first).event.data
            #expect(data.scheme == scheme.rawValue && data.hook == hook.id && data.owner == "ann" && data.event == "orders.paid")
            #expect(data.kind == (scheme == .github ? "push" : "order.paid"))
            #expect(data.payload == ["type": "order.paid"])
            #expect(try await setup.outcomes(hook) == ["waiting", "signature-wrong", "signature-missing", "signature-wrong"])
        }
    }

    @Test(arguments: [HookScheme.standard, .stripe, .slack]) func fiveMinutesAndNoMore(_ scheme: HookScheme) async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add(scheme, secret: scheme == .standard ? nil : Self.secret)
            for age: Int64 in [301, -301] {
                let message = try setup.message(scheme, secret: secret, age: age)
                #expect(try await setup.send(message, to: hook) == "signature-refused")
            }
            #expect(try await setup.outcomes(hook) == ["signature-time", "signature-time"])
            #expect(try await setup.send(try setup.message(scheme, id: "late", secret: secret, age: 299), to: hook) == "accepted")
        }
    }

    /// The example of docs.github.com, "Testing the webhook payload validation"; without an identifier, the signature is one for a while.
    @Test func theExampleOfGitHub() async throws {
        try await HookSetup.with { setup in
            let (hook, _) = try await setup.add(.github, secret: "It's a Secret to Everybody")
            let digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
            let message = HookMessage(headers: ["X-Hub-Signature-256": "sha256=" + digest], body: Bytes("Hello, World!".utf8))
            #expect(try await setup.send(message, to: hook) == "accepted")
            #expect(try await setup.send(message, to: hook) == "repeated")
            // The same words may be meant again.
            setup.scratch.clock.advance(.minutes(5))
            #expect(try await setup.send(message, to: hook) == "accepted")
            let messages = try await setup.published.map(\.event.data.message)
            #expect(messages.count == 2 && messages.allSatisfy { $0.hasPrefix(digest + "-") })
        }
    }

    @Test func oneOfSeveralSignaturesIsEnough() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            let message = try setup.message(secret: secret)
            var headers = message.headers
            headers["webhook-signature"] = "v1a,xx v1,AAAA v2,BBBB " + (headers["webhook-signature"] ?? "")
            #expect(try await setup.send(HookMessage(headers: headers, body: message.body), to: hook) == "accepted")
        }
    }

    @Test(arguments: [
        (HookScheme.stripe, #"{"id":"evt_9","type":"invoice.paid"}"#, "evt_9"), (.slack, #"{"event_id":"Ev08"}"#, "Ev08"),
        (.github, "{}", "msg_1"),
    ])
    func theSendersIdentifierTellsRepetitions(_ scheme: HookScheme, _ body: String, _ id: String) async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add(scheme, secret: Self.secret)
            #expect(try await setup.send(try setup.message(scheme, body, secret: secret, age: 60), to: hook) == "accepted")
            #expect(try await setup.send(try setup.message(scheme, body, secret: secret), to: hook) == "repeated")
            #expect(try await setup.published.map(\.event.data.message) == [id])
        }
    }

    @Test func slackIsToldItsChallenge() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add(.slack, secret: Self.secret)
            let body = #"{"type":"url_verification","challenge":"3eZbrw1aB"}"#
            let asked = try await setup.hooks.verify(try setup.message(.slack, body, secret: secret), for: hook.id)
            #expect(asked.challenge == "3eZbrw1aB")
            let other = try await setup.hooks.verify(try setup.message(.slack, secret: secret), for: hook.id)
            #expect(other.challenge == nil)
        }
    }
}
