import Cryptography
import Identity
package import Primitives

/// The secrets with which server callers sign requests instead of sending their key (RFC 9421, `hmac-sha256`).
package struct SigningSecrets: Sendable {
    private let secrets: DerivedSecrets

    init(_ secrets: DerivedSecrets) {
        self.secrets = secrets
    }

    /// - Parameter generation: the key's; each rotation has a secret of its own.
    package func bytes(of key: String, generation: Int) -> Bytes {
        secrets.secret(for: "request-signing", id: key, version: generation)
    }

    /// The present secret of a key as its holder gets it: Base64.
    package func text(of key: APIKey) -> String { Base64.encode(bytes(of: key.id, generation: key.generation)) }
}
