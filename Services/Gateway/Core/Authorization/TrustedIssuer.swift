package import Contracts
package import Identity
import Primitives

/// Somebody else whose tokens open the studio, and what they open.
package struct TrustedIssuer: Sendable {
    /// A short name that stands before the names of its people: `corp`.
    package let id: String
    package let issuer: TokenIssuer
    /// Whose limits apply.
    package let tier: String
    /// The most that its tokens may; a token's own claim `scope` narrows it.
    package let scopes: Set<Scope>
    /// The claim that says whose files and jobs are meant.
    package let ownerClaim: String

    package init(id: String, issuer: TokenIssuer, tier: String, scopes: Set<Scope>, ownerClaim: String = "sub") {
        (self.id, self.issuer, self.tier, self.scopes, self.ownerClaim) = (id, issuer, tier, scopes, ownerClaim)
    }

    /// Who a verified token speaks for. Names begin with the issuer's, so that no issuer's people reach what is others'.
    /// - Throws: `TokenError.claim`.
    func principal(_ claims: TokenClaims, lifetime: Duration, now: Timestamp) throws(TokenError) -> Principal {
        let subject = try name(claims, "sub")
        let owner = try name(claims, ownerClaim)
        let given = try claims.members["scope"].map { value throws(TokenError) in
            guard let text = value.stringValue else { throw .claim("scope") }
            return Set(text.split(separator: " ").map { Scope(rawValue: String($0)) })
        }
        let end = now.advanced(by: lifetime)
        return Principal(
            subject: "\(id):\(subject)", owner: "\(id):\(owner)", tier: tier,
            scopes: given.map(scopes.intersection) ?? scopes, expires: min(end, claims.expires ?? end))
    }

    private func name(_ claims: TokenClaims, _ claim: String) throws(TokenError) -> String {
        guard let text = claims.members[claim]?.stringValue, (1...100).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .claim(claim) }
        return text
    }
}
