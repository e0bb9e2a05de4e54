import Primitives

/// Who may make an account.
package enum RegistrationMode: String, Sendable, CaseIterable {
    /// Everybody.
    case open
    /// Who was invited.
    case invite
    /// Nobody; administrators make accounts.
    case closed
}

/// What somebody says who wants an account.
package struct Registration: Sendable {
    package var email: String
    package var password: String
    /// 1 to 100 bytes.
    package var name: String
    /// The text of an invitation; needed when registration is by invitation, good for joining when it is open.
    package var invitation: String?

    package init(email: String, password: String, name: String, invitation: String? = nil) {
        (self.email, self.password, self.name, self.invitation) = (email, password, name, invitation)
    }
}

/// How accounts are made and kept.
package struct AccountRules: Sendable {
    package var registration = RegistrationMode.invite
    package var password = PasswordRules()
    /// The tier of an organisation that registration makes.
    package var tier = "standard"
    /// How long an invitation can be used.
    package var invitationLifetime = Duration.hours(7 * 24)
    /// Members and open invitations of one organisation together.
    package var memberLimit = 1000

    package init() {}
}
