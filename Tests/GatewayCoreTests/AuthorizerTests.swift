import Contracts
import GatewayCore
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
        ("GET", "/limits", .admin), ("POST", "/v1/audio/speech", .audioRun), ("POST", "/v1/chat/completions", .modelsRun),
        ("POST", "/v1/messages/count_tokens", .modelsRun), ("GET", "/v1/models/a/b", .modelsRun),
        ("POST", "/llm/stream", .modelsRun),
        ("POST", "/gateway/route", .modelsRun), ("GET", "/gateway/cost", .modelsRun), ("GET", "/gateway/budgets", .modelsRun),
        ("PUT", "/gateway/budgets/a", .admin), ("DELETE", "/gateway/budgets/a", .admin), ("GET", "/gateway/other", .admin),
        ("GET", "/audit", .admin), ("POST", "/users", .admin), ("POST", "/invitations", .admin),
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
            let others = Set(Scope.all).subtracting([scope, .admin])
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
}
