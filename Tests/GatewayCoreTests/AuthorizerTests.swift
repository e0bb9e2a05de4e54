import Contracts
import GatewayCore
import Identity
import Primitives
import Testing

struct AuthorizerTests {
    private func decide(_ studio: Studio, _ scopes: Set<Scope>, _ method: String, _ path: String) async throws
        -> Authorizer.Decision
    {
        let text = try await studio.gateway.keys.create(KeyRequest(name: "k", owner: "ann", scopes: scopes), by: .administrator)
            .text
        return try await studio.gateway.authorizer.decide(Credential(text: text), method: method, path: path)
    }

    @Test(arguments: [
        ("GET", "/files", Scope.filesRead), ("HEAD", "/files/uploads/1", .filesRead), ("POST", "/files", .filesWrite),
        ("PATCH", "/files/uploads/1", .filesWrite), ("DELETE", "/files/1", .filesWrite), ("POST", "/audio/normalize", .audioRun),
        ("GET", "/audio/jobs", .audioRun), ("GET", "/keys", .keysManage), ("POST", "/keys", .keysManage),
        ("GET", "/limits", .admin), ("GET", "/api/metrics/today", .analyticsRead), ("POST", "/api/metrics", .analyticsWrite),
        ("POST", "/api/heartbeats/nightly", .alertingBeat), ("PUT", "/api/heartbeats/nightly", .alertingWrite),
        ("DELETE", "/api/heartbeats/nightly", .alertingWrite), ("GET", "/api/heartbeats", .alertingRead),
        ("GET", "/api/alerts/export/alerts.csv", .alertingRead),
        ("POST", "/api/alerts/silences", .alertingWrite), ("POST", "/api/v2/alerts", .alertingWrite),
        ("DELETE", "/api/people/me", .analyticsRead), ("PUT", "/api/pipelines/nightly", .analyticsWrite),
        ("POST", "/v1/audio/speech", .audioRun), ("POST", "/v1/chat/completions", .modelsRun),
        ("POST", "/v1/messages/count_tokens", .modelsRun), ("GET", "/v1/models/a/b", .modelsRun),
        ("POST", "/llm/stream", .modelsRun),
        ("POST", "/gateway/route", .modelsRun), ("GET", "/gateway/cost", .modelsRun), ("GET", "/gateway/budgets", .modelsRun),
        ("PUT", "/gateway/budgets/a", .admin), ("DELETE", "/gateway/budgets/a", .admin), ("GET", "/gateway/other", .admin),
        ("GET", "/audit", .admin), ("GET", "/audit/export.csv", .admin),
        ("POST", "/users", .admin), ("POST", "/invitations", .admin),
        ("GET", "/webhooks", .webhooksManage), ("POST", "/webhooks/a/rotate", .webhooksManage), ("GET", "/", .admin),
        ("GET", "/forgotten/route", .admin), ("GET", "/%66iles", .admin),
        ("POST", "/filesx", .admin),
    ])
    func everyPathNeedsItsScope(_ method: String, _ path: String, _ scope: Scope) async throws {
        try await Studio.with { studio in
            guard case .allowed(let principal, _) = try await decide(studio, [scope], method, path) else {
                Issue.record("\(scope.rawValue) must be enough")
                return
            }
            #expect(principal.owner == "ann")
            #expect(principal.scopes == [scope])
            #expect(principal.expires > .now())
            guard case .allowed = try await decide(studio, [.admin], method, path) else {
                Issue.record("an administrator may everything")
                return
            }
            // Who decides on heartbeats may also give one.
            let isBeat = scope == .alertingBeat
            if isBeat, case .scopeMissing = try await decide(studio, [.alertingWrite], method, path) {
                Issue.record("alerting:write must be enough")
            }
            let others = Set(Scope.all).subtracting(isBeat ? [scope, .alertingWrite, .admin] : [scope, .admin])
            guard case .scopeMissing(let missing, let who) = try await decide(studio, others, method, path) else {
                Issue.record("other scopes must not be enough")
                return
            }
            #expect(missing == scope)
            #expect(who.owner == "ann")
        }
    }

    @Test(arguments: [nil, "", "avs_x_y"] as [String?]) func noKeyNoEntry(_ credential: String?) async throws {
        try await Studio.with { studio in
            guard
                case .unauthenticated = try await studio.gateway.authorizer.decide(
                    Credential(text: credential), method: "GET", path: "/files")
            else {
                Issue.record("must be refused")
                return
            }
        }
    }

    @Test func changesHoldAtOnce() async throws {
        try await Studio.with { studio in
            let (key, text) = try await studio.gateway.keys.create(KeyRequest(name: "k", scopes: [.filesRead]), by: .administrator)
            try await studio.gateway.limiter.set(
                RateLimits(tiers: [
                    "standard": ["default": RateRule(requests: 10, windowSeconds: 60)],
                    "owner": ["files": RateRule(requests: 1, windowSeconds: 3600)],
                ]))
            guard
                case .allowed(_, let first) = try await studio.gateway.authorizer.decide(
                    Credential(text: text), method: "GET", path: "/files?x=1")
            else {
                Issue.record("the first request is within the limit")
                return
            }
            #expect(first.policyHeader == "\"files\";q=1;w=3600")
            #expect(first.limitHeader == "\"files\";r=0;t=3600")
            guard
                case .limited(let second, _) = try await studio.gateway.authorizer.decide(
                    Credential(text: text), method: "GET", path: "/files/a")
            else {
                Issue.record("the second is not")
                return
            }
            #expect(second.resetSeconds > 3500)
            try await studio.gateway.keys.revoke(key.id, for: .administrator)
            guard
                case .unauthenticated = try await studio.gateway.authorizer.decide(
                    Credential(text: text), method: "GET", path: "/files")
            else {
                Issue.record("a revoked key is nobody's")
                return
            }
        }
    }

    /// What is refused for its rate or scope writes nothing, and may come again.
    @Test func onlyWhatPassesUsesANonceUp() async throws {
        try await Studio.with { studio in
            let gateway = studio.gateway
            let (key, _) = try await gateway.keys.create(
                KeyRequest(name: "k", owner: "ann", tier: "standard", scopes: [.filesRead]), by: .administrator)
            let signer = RequestSigner(keyID: key.id, key: gateway.signingSecrets.bytes(of: key.id, generation: 1))
            func signed(_ path: String, by signer: RequestSigner) throws -> Credential {
                let request = SignedRequest(method: "GET", scheme: "https", authority: "studio.example", path: path, query: nil)
                return Credential(text: nil, signed: try signer.sign(request, body: []))
            }
            func decide(_ credential: Credential, _ path: String = "/files") async throws -> Authorizer.Decision {
                try await gateway.authorizer.decide(credential, method: "GET", path: path)
            }
            guard case .scopeMissing = try await decide(signed("/keys", by: signer), "/keys") else {
                Issue.record("the scope must be missing")
                return
            }
            let good = try signed("/files", by: signer)
            guard case .allowed = try await decide(good), case .unauthenticated(let again) = try await decide(good) else {
                Issue.record("it passes once")
                return
            }
            #expect(again.code == "signature-replayed")
            let rule = RateRule(requests: 1, windowSeconds: 86_400)
            try await gateway.limiter.set(RateLimits(tiers: ["standard": ["default": rule]]))
            for _ in 0..<3 { _ = try await decide(signed("/files", by: signer)) }
            #expect(try await studio.rows("nonce") == 2)
            // Who guesses learns nothing of which keys there are.
            var refusals: Set<String> = []
            for id in [key.id, "key_unknown"] {
                let guess = RequestSigner(keyID: id, key: Bytes(repeating: 1, count: 32))
                if case .unauthenticated(let refusal) = try await decide(signed("/files", by: guess)) {
                    refusals.insert(refusal.message)
                }
            }
            #expect(refusals.count == 1)
        }
    }
}
