import Contracts
import Primitives
import ServiceRuntime
import Synchronization

/// Signed identities of keys that were seen lately: signing takes longer than everything else that is done for a request.
final class SignedIdentities: Sendable {
    private static let capacity = 10_000
    private let token: PrincipalToken
    private let signed = Mutex<[String: (principal: Principal, text: String)]>([:])

    init(token: PrincipalToken) {
        self.token = token
    }

    /// The signed identity of a principal; an earlier one of the same key or person while it holds for half of a new one's time.
    func text(of principal: Principal, now: Timestamp = .now()) throws -> String {
        // A signed request's identity is good for its own body only.
        guard principal.bodyDigest == nil else { return try token.sign(principal) }
        let limit = now.advanced(by: principal.expires.duration(since: now) / 2)
        if let known = signed.withLock({ $0[principal.subject] }), known.principal.expires > limit,
            known.principal.isSame(as: principal)
        {
            return known.text
        }
        let text = try token.sign(principal)
        signed.withLock { signed in
            if signed.count >= Self.capacity { signed.removeAll(keepingCapacity: true) }
            signed[principal.subject] = (principal, text)
        }
        return text
    }
}

extension Principal {
    fileprivate func isSame(as other: Principal) -> Bool {
        subject == other.subject && name == other.name && owner == other.owner && tier == other.tier
            && scopes == other.scopes && session == other.session && origin == other.origin
    }
}
