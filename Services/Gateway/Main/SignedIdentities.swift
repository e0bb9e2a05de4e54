import Contracts
import Primitives
import ServiceRuntime
import Synchronization

/// Signed identities of keys that were seen lately: signing takes longer than everything else that is done for a request.
final class SignedIdentities: Sendable {
    /// One person may have several sessions at once.
    private struct Holder: Hashable {
        let subject: String
        let session: String?
        let origin: String?
    }

    private static let capacity = 10_000
    private let token: PrincipalToken
    private let signed = Mutex<[Holder: (principal: Principal, text: String)]>([:])

    init(token: PrincipalToken) {
        self.token = token
    }

    /// The signed identity of a principal; an earlier one of the same key or person while it holds for half of a new one's time.
    func text(of principal: Principal, now: Timestamp = .now()) throws -> String {
        // A signed request's identity is good for its own body only.
        guard principal.bodyDigest == nil else { return try token.sign(principal) }
        let holder = Holder(subject: principal.subject, session: principal.session, origin: principal.origin)
        let limit = now.advanced(by: principal.expires.duration(since: now) / 2)
        if let known = signed.withLock({ $0[holder] }), known.principal.expires > limit,
            known.principal.isSame(as: principal)
        {
            return known.text
        }
        let text = try token.sign(principal)
        signed.withLock { signed in
            if signed.count >= Self.capacity { signed.removeAll(keepingCapacity: true) }
            signed[holder] = (principal, text)
        }
        return text
    }
}

extension Principal {
    /// Of the same holder.
    fileprivate func isSame(as other: Principal) -> Bool {
        name == other.name && owner == other.owner && tier == other.tier && scopes == other.scopes
    }
}
