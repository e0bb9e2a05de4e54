import Primitives

/// A mail server that takes mails, and how it is spoken with (RFC 5321, RFC 6409).
package struct MailServer: Sendable, Hashable {
    /// How the connection is protected.
    package enum Security: String, Sendable, Hashable, CaseIterable {
        /// It begins plain and must become secure before anything is said (RFC 3207).
        case starttls
        /// It is secure from its beginning (RFC 8314).
        case tls
        /// It stays plain: for a server on the same machine.
        case none
    }

    package var host: String
    package var port: Int
    package var security: Security
    package var user: String?
    package var password: String?
    /// A PEM file of the certificate authorities to trust instead of the system's.
    package var trustedCertificates: String?

    package init(
        host: String, port: Int, security: Security, user: String? = nil, password: String? = nil,
        trustedCertificates: String? = nil
    ) {
        (self.host, self.port, self.security, self.user) = (host, port, security, user)
        (self.password, self.trustedCertificates) = (password, trustedCertificates)
    }
}

/// Why a mail was not taken.
package struct MailError: CodedError, Hashable {
    package let code: String
    package let message: String
    /// Whether a later attempt can do better: all but what the server has refused for good (RFC 5321, 4.2.1: 5yz).
    package let isRetriable: Bool
}

/// Addresses of mails.
package enum MailAddress {
    /// Whether a text is an address of the plain form that mail servers agree on: no quotes, no comments, nothing that could end a
    /// line of a header or a command.
    package static func isPlain(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...255).contains(parts[1].utf8.count) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || ".!#$%&'*+-/=?^_`{|}~@".utf8.contains(byte)
        }
    }
}
