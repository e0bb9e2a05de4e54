import Contracts
import Primitives

/// Tokens that the gateway signs for itself: each kind with a secret, a type and a lifetime of its own, so that one is never taken
/// for another.
struct OwnTokens: Sendable {
    private static let name = "avstudio-gateway"
    private let signer: TokenSigner
    private let verifier: TokenVerifier
    private let lifetime: Duration
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - secrets: where the signing keys come from.
    ///   - purpose: which of them.
    ///   - type: what a token says that it is.
    ///   - version: of the key that signs; the one before it is still accepted, so that it can be raised at any time.
    ///   - lifetime: how long a token holds.
    ///   - clock: gives the present time.
    /// - Throws: `TokenError.keyInvalid`, never with derived secrets.
    init(
        _ secrets: DerivedSecrets, purpose: String, type: String, version: Int, lifetime: Duration,
        clock: @escaping @Sendable () -> Timestamp
    ) throws(TokenError) {
        func secret(_ version: Int) -> Bytes { secrets.secret(for: purpose, id: Self.name, version: version) }
        signer = try TokenSigner(secret: secret(version), id: "\(version)", type: type)
        let keys = [
            try JSONWebKey(secret: secret(version), id: "\(version)"),
            try JSONWebKey(secret: secret(version - 1), id: "\(version - 1)"),
        ]
        var issuer = TokenIssuer(
            name: Self.name, audiences: [Self.name], algorithms: [.hs256], keys: .fixed(JSONWebKeySet(keys)), type: type)
        // The one who signs is the one who verifies: there is one clock.
        issuer.leeway = .zero
        issuer.longestLife = lifetime
        verifier = TokenVerifier([issuer], clock: clock)
        (self.lifetime, self.clock) = (lifetime, clock)
    }

    /// - Parameters:
    ///   - more: claims beside who the token speaks for and until when.
    ///   - limit: when it ends at the latest; `nil` for a whole lifetime.
    /// - Returns: the token and its seconds.
    func sign(_ principal: Principal, _ more: [String: JSONValue], until limit: Timestamp? = nil) -> (text: String, seconds: Int64)
    {
        let now = clock().milliseconds / 1000
        let seconds = min(lifetime.milliseconds / 1000, limit.map { max(0, $0.milliseconds / 1000 - now) } ?? .max)
        let claims: [String: JSONValue] = [
            "iss": .string(Self.name), "aud": .string(Self.name), "sub": .string(principal.subject),
            "org": .string(principal.owner), "tier": .string(principal.tier),
            "scope": .string(principal.scopes.sorted().map(\.rawValue).joined(separator: " ")), "iat": .integer(now),
            "exp": .integer(now + seconds),
        ]
        return (signer.sign(claims.merging(more) { $1 }), seconds)
    }

    /// - Returns: who the token speaks for, until when, and all that it says.
    func verify(_ text: String) throws(TokenError) -> (principal: Principal, claims: TokenClaims) {
        let claims = try verifier.verifyAtOnce(text)
        guard let subject = claims.subject, let expires = claims.expires else { throw .claim("sub") }
        let scopes = try claims.text("scope").split(separator: " ").map { Scope(rawValue: String($0)) }
        let principal = Principal(
            subject: subject, owner: try claims.text("org"), tier: try claims.text("tier"), scopes: Set(scopes), expires: expires)
        return (principal, claims)
    }
}

extension TokenClaims {
    /// A claim that must be there.
    func text(_ name: String) throws(TokenError) -> String {
        guard let text = members[name]?.stringValue else { throw .claim(name) }
        return text
    }
}
