import Identity
import Primitives

/// Why a credential opens nothing.
package struct CredentialRefusal: CodedError, Hashable {
    package let code: String
    package let message: String
    /// Whether there was a credential at all.
    package let hasCredential: Bool

    private init(_ code: String, _ message: String, hasCredential: Bool = true) {
        (self.code, self.message, self.hasCredential) = (code, message, hasCredential)
    }

    static let missing = CredentialRefusal(
        "credential-missing", "this needs a valid key: Authorization: Bearer avs_...", hasCredential: false)
    /// Unknown, wrong, expired and revoked keys look alike to whoever tries them.
    static let key = CredentialRefusal("key-refused", "this needs a valid key: Authorization: Bearer avs_...")
    static let session = CredentialRefusal("session-over", "the session is over; log in again")
    static let organisation = CredentialRefusal(
        "organisation-refused", "there is no such organisation, or you are not a member of it")

    init(_ error: TokenError) {
        self.init(error.code, error.message)
    }

    /// The code is for the audit log; to who asks, keys that are unknown and signatures that are wrong look alike.
    init(_ error: SignatureError) {
        let isGuess = error == .keyUnknown || error == .wrong
        self.init(error.code, isGuess ? "there is no such key, or the signature is wrong" : error.message)
    }
}
