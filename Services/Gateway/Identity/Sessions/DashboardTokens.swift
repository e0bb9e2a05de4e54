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
    private let tokens: OwnTokens

    /// - Parameters:
    ///   - secrets: where the signing keys come from.
    ///   - version: of the key that signs; the one before it is still accepted, so that it can be raised at any time.
    ///   - clock: gives the present time.
    /// - Throws: `TokenError.keyInvalid`, never with derived secrets.
    package init(
        _ secrets: DerivedSecrets, version: Int = 1, clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) throws(TokenError) {
        tokens = try OwnTokens(
            secrets, purpose: "dashboard", type: Self.type, version: version, lifetime: Self.lifetime, clock: clock)
    }

    /// - Parameters:
    ///   - principal: who the user is in the organisation that the dashboard shows.
    ///   - session: the session that it is made from.
    package func token(for principal: Principal, session: Session) -> String {
        tokens.sign(principal, ["sid": .string(session.id)]).text
    }

    /// Whether a text says of itself that it is such a token; nothing about it is known to be true then.
    package static func claims(_ text: String) -> Bool {
        (try? SignedToken(text))?.type == type
    }

    /// - Returns: who the token speaks for, until when, and the session that it was made from.
    /// - Throws: `TokenError`.
    package func verify(_ text: String) throws(TokenError) -> (principal: Principal, session: String) {
        let (principal, claims) = try tokens.verify(text)
        return (principal, try claims.text("sid"))
    }
}
