package import Contracts
package import Primitives

/// Short-lived tokens for the dashboard, made from a session.
///
/// A signature shows who a token was made for. Whether the session goes on, and what its person may do now, is its reader's to ask:
/// that is why `verify` gives the session.
package struct DashboardTokens: Sendable {
    /// How long a token holds.
    package static let lifetime = Duration.minutes(5)
    private static let type = "avs-dashboard+jwt"
    private static let name = "avstudio-gateway"

    private let signer: TokenSigner
    private let verifier: TokenVerifier
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - secrets: where the signing keys come from.
    ///   - version: of the key that signs; the one before it is still accepted, so that it can be raised at any time.
    ///   - clock: gives the present time.
    /// - Throws: `TokenError.keyInvalid`, never with derived secrets.
    package init(
        _ secrets: DerivedSecrets, version: Int = 1, clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) throws(TokenError) {
        func secret(_ version: Int) -> Bytes { secrets.secret(for: "dashboard", id: Self.name, version: version) }
        signer = try TokenSigner(secret: secret(version), id: "\(version)", type: Self.type)
        let keys = [
            try JSONWebKey(secret: secret(version), id: "\(version)"),
            try JSONWebKey(secret: secret(version - 1), id: "\(version - 1)"),
        ]
        var issuer = TokenIssuer(
            name: Self.name, audiences: [Self.name], algorithms: [.hs256], keys: .fixed(JSONWebKeySet(keys)), type: Self.type)
        // The one who signs is the one who verifies: there is one clock.
        issuer.leeway = .zero
        issuer.longestLife = Self.lifetime
        verifier = TokenVerifier([issuer], clock: clock)
        self.clock = clock
    }

    /// - Parameters:
    ///   - principal: who the user is in the organisation that the dashboard shows.
    ///   - session: the session that it is made from.
    package func token(for principal: Principal, session: Session) -> String {
        let now = clock().milliseconds / 1000
        return signer.sign([
            "iss": .string(Self.name), "aud": .string(Self.name), "sub": .string(principal.subject), "sid": .string(session.id),
            "org": .string(principal.owner), "tier": .string(principal.tier),
            "scope": .string(principal.scopes.sorted().map(\.rawValue).joined(separator: " ")), "iat": .integer(now),
            "exp": .integer(now + Self.lifetime.milliseconds / 1000),
        ])
    }

    /// Whether a text says of itself that it is such a token; nothing about it is known to be true then.
    package static func claims(_ text: String) -> Bool {
        (try? SignedToken(text))?.type == type
    }

    /// - Returns: who the token speaks for, until when, and the session that it was made from.
    /// - Throws: `TokenError`.
    package func verify(_ text: String) throws(TokenError) -> (principal: Principal, session: String) {
        let claims = try verifier.verifyAtOnce(text)
        func member(_ name: String) throws(TokenError) -> String {
            guard let text = claims.members[name]?.stringValue else { throw .claim(name) }
            return text
        }
        guard let subject = claims.subject, let expires = claims.expires else { throw .claim("sub") }
        let scopes = try member("scope").split(separator: " ").map { Scope(rawValue: String($0)) }
        let principal = Principal(
            subject: subject, owner: try member("org"), tier: try member("tier"), scopes: Set(scopes), expires: expires)
        return (principal, try member("sid"))
    }
}
