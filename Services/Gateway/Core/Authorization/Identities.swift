import Contracts
import Cryptography
package import Identity
import Primitives

/// Finds out who a credential speaks for: a key, a key's signature, a person's session, a token made from one, or a token of a
/// trusted issuer.
package struct Identities: Sendable {
    /// How long a signed identity holds; it only has to outlive the hop from nginx to a service.
    package static let lifetime = Duration.seconds(60)

    private let keys: KeyStore
    private let accounts: Accounts
    private let tokens: DashboardTokens
    private let downloads: DownloadTokens
    private let issuers: [String: TrustedIssuer]
    private let verifier: TokenVerifier
    private let signatures: RequestVerifier

    package init(
        keys: KeyStore, accounts: Accounts, tokens: DashboardTokens, downloads: DownloadTokens, issuers: [TrustedIssuer],
        signatures: RequestVerifier
    ) {
        (self.keys, self.accounts, self.tokens, self.signatures) = (keys, accounts, tokens, signatures)
        self.downloads = downloads
        self.issuers = Dictionary(issuers.map { ($0.issuer.name, $0) }, uniquingKeysWith: { first, _ in first })
        verifier = TokenVerifier(issuers.map(\.issuer))
    }

    /// - Returns: who asks; for a signed request also what `pass` ends its nonce with.
    /// - Throws: `CredentialRefusal`; `DatabaseError`, `TokenError.keysUnavailable` when it can not be found out now.
    func principal(of credential: Credential) async throws -> (principal: Principal, head: RequestVerifier.VerifiedHead?) {
        if let text = credential.text { return (try await principal(of: text, in: credential.organisation), nil) }
        if let (token, path) = credential.download { return (try await reader(of: path, token), nil) }
        guard let request = credential.signed else { throw CredentialRefusal.missing }
        do {
            let head = try await signatures.verifyHead(request)
            guard let key = keys.active(head.keyID) else { throw SignatureError.keyUnknown }
            var principal = principal(of: key)
            principal.bodyDigest = Hex.encode(head.bodyDigest)
            return (principal, head)
        } catch let error as SignatureError {
            throw CredentialRefusal(error)
        }
    }

    /// Lets a signed request pass, once.
    /// - Throws: `CredentialRefusal` when it has passed before; `DatabaseError`.
    func pass(_ head: RequestVerifier.VerifiedHead) async throws {
        do {
            try await signatures.use(head)
        } catch let error as SignatureError {
            throw CredentialRefusal(error)
        }
    }

    private func principal(of text: String, in organisation: String?) async throws -> Principal {
        if text.hasPrefix("avs_") {
            guard let key = keys.authenticate(text) else { throw CredentialRefusal.key }
            return principal(of: key)
        }
        if text.hasPrefix("avss_") {
            guard let session = try await accounts.sessions.authenticate(text) else { throw CredentialRefusal.session }
            var principal = try await person(session.user, in: organisation)
            principal.session = session.id
            return principal
        }
        guard text.utf8.contains(UInt8(ascii: ".")) else { throw CredentialRefusal.key }
        return try await bearer(of: text)
    }

    private func principal(of key: APIKey) -> Principal {
        Principal(
            subject: key.id, name: key.name, owner: key.owner, tier: key.tier, scopes: key.scopes,
            expires: .now().advanced(by: Self.lifetime))
    }

    private func bearer(of text: String) async throws -> Principal {
        do {
            if DashboardTokens.claims(text) {
                let (stated, session) = try tokens.verify(text)
                // Whoever logs out, or loses a role, has done so at once.
                guard try await accounts.sessions.isActive(session, of: stated.subject) else { throw CredentialRefusal.session }
                var principal = try await person(stated.subject, in: stated.organisation)
                principal.origin = session
                return principal
            }
            let claims = try await verifier.verify(text)
            guard let issuer = claims.issuer.flatMap({ issuers[$0] }) else { throw TokenError.claim("iss") }
            return try issuer.principal(claims, lifetime: Self.lifetime, now: .now())
        } catch let error as TokenError where !error.isRetriable {
            throw CredentialRefusal(error)
        }
    }

    /// Who may read a path by a token for it. It ends with the key or the session that it comes from, and holds for no more than
    /// that may now.
    private func reader(of path: String, _ token: String) async throws -> Principal {
        let principal: Principal
        do { principal = try downloads.verify(token, path: path) } catch { throw CredentialRefusal(error) }
        if principal.subject.hasPrefix("key_") {
            guard let key = keys.active(principal.subject) else { throw CredentialRefusal.key }
            return self.principal(of: key)
        }
        if let session = principal.session, try await !accounts.sessions.isActive(session, of: principal.subject) {
            throw CredentialRefusal.session
        }
        guard let person = principal.person else { return principal }
        return try await self.person(person, in: principal.organisation)
    }

    /// A person without an organisation is known, and may nothing but see to their own account.
    private func person(_ user: String, in organisation: String?) async throws -> Principal {
        do {
            return try await accounts.principal(of: user, in: organisation, lifetime: Self.lifetime)
        } catch IdentityError.notFound {
            guard organisation == nil else { throw CredentialRefusal.organisation }
            return Principal(
                subject: user, owner: user, tier: accounts.rules.tier, scopes: [], expires: .now().advanced(by: Self.lifetime))
        }
    }
}
