/// What a new password must be.
/// Source: OWASP Application Security Verification Standard 4.0.3, V2.1: length decides; no rules on kinds of characters.
package struct PasswordRules: Sendable, Hashable {
    /// The least number of characters.
    package var minimumLength = 12
    /// The most characters.
    package var maximumLength = 128

    package init() {}

    /// - Parameters:
    ///   - password: what somebody wants.
    ///   - email: theirs, which must not be their password.
    /// - Throws: `IdentityError.passwordUnfit`.
    package func check(_ password: String, email: EmailAddress) throws(IdentityError) {
        guard password.count >= minimumLength else { throw .passwordUnfit("a password has at least \(minimumLength) characters") }
        // Characters can be long clusters; four bytes for each are enough for every script.
        guard password.count <= maximumLength, password.utf8.count <= maximumLength * 4 else {
            throw .passwordUnfit("a password has at most \(maximumLength) characters")
        }
        guard Set(password).count >= 5 else { throw .passwordUnfit("a password has at least five different characters") }
        guard !password.lowercased().contains(email.text) else {
            throw .passwordUnfit("a password must not contain the e-mail address")
        }
        guard !password.utf8.contains(0) else { throw .passwordUnfit("a password has no null characters") }
    }
}
