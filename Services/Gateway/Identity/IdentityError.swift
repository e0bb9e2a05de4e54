import Primitives

/// Why something about accounts is refused. No case tells a stranger whether an account exists.
package enum IdentityError: CodedError, Equatable {
    /// Wrong address or wrong password, both alike.
    case credentialsWrong
    /// Too many attempts; the wait is from now.
    case throttled(retryAfter: Duration)
    /// Too many passwords are being checked already.
    case busy
    case registrationClosed
    case invitationInvalid
    case emailInvalid(String)
    /// Only administrators are told.
    case emailTaken
    case passwordUnfit(String)
    case nameInvalid(String)
    case roleMissing(OrganisationRole)
    case notFound
    case lastOwner
    case tooMany(String)

    package var code: String {
        switch self {
        case .credentialsWrong: "credentials-wrong"
        case .throttled: "too-many-attempts"
        case .busy: "busy"
        case .registrationClosed: "registration-closed"
        case .invitationInvalid: "invitation-invalid"
        case .emailInvalid: "invalid-email"
        case .emailTaken: "email-taken"
        case .passwordUnfit: "password-unfit"
        case .nameInvalid: "invalid-name"
        case .roleMissing: "role-missing"
        case .notFound: "not-found"
        case .lastOwner: "last-owner"
        case .tooMany: "quota-exceeded"
        }
    }

    package var message: String {
        switch self {
        case .credentialsWrong: "the e-mail address or the password is wrong"
        case .throttled(let wait): "too many attempts; try again in \(Int(wait.seconds.rounded(.up))) s"
        case .busy: "too many passwords are being checked; try again in a moment"
        case .registrationClosed: "new accounts are made by an administrator here"
        case .invitationInvalid: "the invitation is unknown, used, expired, or for another address"
        case .emailInvalid(let what), .passwordUnfit(let what), .nameInvalid(let what), .tooMany(let what): what
        case .emailTaken: "there is an account with this address"
        case .roleMissing(let role): "this needs the role \(role.rawValue) in the organisation"
        case .notFound: "there is no such thing, or it is not yours"
        case .lastOwner: "an organisation with members needs an owner; make somebody else one first"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .throttled, .busy: true
        default: false
        }
    }
}
