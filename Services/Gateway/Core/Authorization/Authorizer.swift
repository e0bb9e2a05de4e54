package import Contracts
import Primitives

/// Decides whether a request may pass the public door: key, scope, rate. Reads memory only.
package final class Authorizer: Sendable {
    /// How long a signed identity holds; it only has to outlive the hop from nginx to a service.
    package static let principalLifetime = Duration.seconds(60)

    package enum Decision: Sendable {
        case allowed(Principal, RateDecision)
        case unauthenticated
        case scopeMissing(Scope, Principal)
        case limited(RateDecision, Principal)
    }

    private let keys: KeyStore
    private let limiter: RateLimiter

    package init(keys: KeyStore, limiter: RateLimiter) {
        (self.keys, self.limiter) = (keys, limiter)
    }

    /// - Parameters:
    ///   - credential: the text of a key, if the request brought one.
    ///   - path: the original path, without the query.
    package func decide(credential: String?, method: String, path: String) -> Decision {
        guard let credential, let key = keys.authenticate(credential) else { return .unauthenticated }
        let endpoint = AccessRules.endpoint(of: path)
        let decision = limiter.take(key: key.id, tier: key.tier, endpoint: endpoint)
        let principal = Principal(
            subject: key.id, owner: key.owner, tier: key.tier, scopes: key.scopes,
            expires: .now().advanced(by: Self.principalLifetime))
        guard decision.isAllowed else { return .limited(decision, principal) }
        let scope = AccessRules.scope(method: method, endpoint: endpoint, path: path)
        guard principal.may(scope) else { return .scopeMissing(scope, principal) }
        return .allowed(principal, decision)
    }
}

/// Which scope a request needs.
enum AccessRules {
    /// The class of endpoints that a path belongs to: its first segment, or whose API is spoken there.
    static func endpoint(of path: String) -> String {
        let rest = path.utf8.drop { $0 == UInt8(ascii: "/") }
        let first = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard first.elementsEqual("v1".utf8) else { return String(Substring(first)) }
        return rest.starts(with: "v1/audio/".utf8) || rest.elementsEqual("v1/audio".utf8) ? "audio" : "llm"
    }

    private static let modelPaths: Set<String> = [
        "/gateway/route", "/gateway/analyze-tokens", "/gateway/cost", "/gateway/budgets",
    ]

    /// What is not named here is for administrators: a route that was forgotten stays closed.
    static func scope(method: String, endpoint: String, path: String) -> Scope {
        switch (endpoint, method) {
        case ("audio", _): .audioRun
        case ("llm", _): .modelsRun
        case ("gateway", "PUT"), ("gateway", "DELETE"): .admin
        case ("gateway", _) where modelPaths.contains(path): .modelsRun
        case ("files", "GET"), ("files", "HEAD"), ("files", "OPTIONS"): .filesRead
        case ("files", _): .filesWrite
        case ("keys", _): .keysManage
        default: .admin
        }
    }
}
