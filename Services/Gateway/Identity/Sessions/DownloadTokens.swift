package import Contracts
package import Primitives

/// Tokens of a minute for reading one path. A link sends no header that tells who asks, so a page puts such a token into a cookie:
/// whoever finds it can do nothing else with it.
package struct DownloadTokens: Sendable {
    /// How long a token holds: a download has begun by then.
    package static let lifetime = Duration.minutes(1)
    /// The longest path, in bytes.
    package static let pathLimit = 1024
    private let tokens: OwnTokens

    /// - Parameters: as of `DashboardTokens`.
    /// - Throws: `TokenError.keyInvalid`, never with derived secrets.
    package init(
        _ secrets: DerivedSecrets, version: Int = 1, clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) throws(TokenError) {
        tokens = try OwnTokens(
            secrets, purpose: "download", type: "avs-download+jwt", version: version, lifetime: Self.lifetime, clock: clock)
    }

    /// - Parameters:
    ///   - principal: in whose name is read.
    ///   - path: as it will be asked for, without the query.
    /// - Returns: the token and how many seconds it holds.
    package func token(for principal: Principal, path: String) -> (text: String, seconds: Int64) {
        var claims: [String: JSONValue] = ["path": .string(path)]
        if let session = principal.session ?? principal.origin { claims["sid"] = .string(session) }
        // Keys and people are looked at again when it is used; of others is known only how long they may.
        let isLookedAt = principal.subject.hasPrefix("key_") || principal.person != nil
        return tokens.sign(principal, claims, until: isLookedAt ? nil : principal.expires)
    }

    /// - Returns: who the token speaks for, with the session that it comes from if there is one.
    /// - Throws: `TokenError`; also for another path than its own.
    package func verify(_ text: String, path: String) throws(TokenError) -> Principal {
        var (principal, claims) = try tokens.verify(text)
        guard try claims.text("path") == path else { throw .claim("path") }
        principal.session = claims.members["sid"]?.stringValue
        return principal
    }
}
