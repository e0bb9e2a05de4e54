package import Contracts
import Primitives

/// Decides whether a request may pass the public door: who asks, scope, rate. For keys it reads memory only.
package final class Authorizer: Sendable {
    package enum Decision: Sendable {
        case allowed(Principal, RateDecision)
        case unauthenticated(CredentialRefusal)
        case scopeMissing(Scope, Principal)
        case limited(RateDecision, Principal)
    }

    private let identities: Identities
    private let limiter: RateLimiter

    package init(identities: Identities, limiter: RateLimiter) {
        (self.identities, self.limiter) = (identities, limiter)
    }

    /// - Parameters:
    ///   - credential: what the request brought.
    ///   - path: the original path, without the query.
    /// - Throws: what keeps it from finding out who asks: `DatabaseError`, `TokenError.keysUnavailable`.
    package func decide(_ credential: Credential, method: String, path: String) async throws -> Decision {
        do {
            let (principal, head) = try await identities.principal(of: credential)
            let endpoint = AccessRules.endpoint(of: path)
            let decision = limiter.take(
                key: principal.subject, owner: principal.owner, tier: principal.tier, endpoint: endpoint)
            guard decision.isAllowed else { return .limited(decision, principal) }
            if let scope = AccessRules.scope(method: method, endpoint: endpoint, path: path), !principal.may(scope) {
                return .scopeMissing(scope, principal)
            }
            if let head { try await identities.pass(head) }
            return .allowed(principal, decision)
        } catch let refusal as CredentialRefusal {
            return .unauthenticated(refusal)
        }
    }
}
