package import Primitives

/// Verifies JSON Web Tokens (RFC 7519) by the rules of RFC 8725.
///
/// The issuer is read from the unverified payload only to choose among the configured ones: its own keys and algorithms decide
/// afterwards, so that no issuer can speak for another (RFC 8725, 3.8). Addresses and keys inside the token (`jku`, `jwk`, `x5u`,
/// `x5c`) are never looked at.
package struct TokenVerifier: Sendable {
    private let issuers: [String: TokenIssuer]
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - issuers: with different names.
    ///   - clock: gives the present time.
    package init(_ issuers: [TokenIssuer], clock: @escaping @Sendable () -> Timestamp = Timestamp.now) {
        self.issuers = Dictionary(issuers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.clock = clock
    }

    /// - Parameter text: a token in the compact form.
    /// - Returns: what the token says.
    /// - Throws: `TokenError`.
    package func verify(_ text: String) async throws(TokenError) -> TokenClaims {
        let (token, claims, issuer) = try read(text)
        let set: JSONWebKeySet
        switch issuer.keys {
        case .fixed(let keys): set = keys
        case .fetched(let cache): set = try await cache.keys(for: token.keyID)
        }
        return try check(token, claims, issuer, set)
    }

    /// Verifies the token of an issuer whose keys are fixed, without waiting.
    /// - Throws: `TokenError`; `.keysUnavailable` for an issuer whose keys are fetched.
    package func verifyAtOnce(_ text: String) throws(TokenError) -> TokenClaims {
        let (token, claims, issuer) = try read(text)
        guard case .fixed(let set) = issuer.keys else { throw .keysUnavailable }
        return try check(token, claims, issuer, set)
    }

    private func read(_ text: String) throws(TokenError) -> (SignedToken, TokenClaims, TokenIssuer) {
        let token = try SignedToken(text)
        let claims = try TokenClaims(SignedToken.object(token.payload, "payload"))
        guard let name = claims.issuer, let issuer = issuers[name] else { throw .claim("iss") }
        guard issuer.algorithms.contains(token.algorithm) else { throw .algorithmRefused }
        guard issuer.accepts(type: token.type) else { throw .claim("typ") }
        return (token, claims, issuer)
    }

    private func check(
        _ token: SignedToken, _ claims: TokenClaims, _ issuer: TokenIssuer, _ set: JSONWebKeySet
    ) throws(TokenError) -> TokenClaims {
        guard let key = set.key(named: token.keyID, for: token.algorithm) else { throw .keyUnknown }
        guard key.verifies(token.signature, over: token.signed) else { throw .signatureWrong }
        guard issuer.accepts(audiences: claims.audiences) else { throw .claim("aud") }
        try check(times: claims, issuer)
        return claims
    }

    private func check(times claims: TokenClaims, _ issuer: TokenIssuer) throws(TokenError) {
        let now = clock()
        let (earliest, latest) = (now.advanced(by: .zero - issuer.leeway), now.advanced(by: issuer.leeway))
        guard let expires = claims.expires else { throw .claim("exp") }
        // "On or after" the time a token is over (RFC 7519, 4.1.4).
        guard expires > earliest else { throw .expired }
        if let notBefore = claims.notBefore, notBefore > latest { throw .notYetValid }
        if let issued = claims.issued, issued > latest { throw .notYetValid }
        guard let longestLife = issuer.longestLife else { return }
        guard let issued = claims.issued else { throw .claim("iat") }
        guard issued.advanced(by: longestLife) > earliest else { throw .expired }
        guard expires <= latest.advanced(by: longestLife) else { throw .claim("exp") }
    }
}
