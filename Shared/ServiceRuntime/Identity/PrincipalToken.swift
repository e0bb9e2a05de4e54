package import Contracts
import Cryptography
package import Primitives

/// The signed statement of who a request comes from: `base64url(JSON of the principal) . base64url(HMAC-SHA-256)`.
///
/// The gateway writes it into a header after it has checked the key; nginx hands it on; each service verifies it by itself.
package struct PrincipalToken: Sendable {
    /// The header that carries it. nginx removes it from what clients send.
    package static let header = "X-AVStudio-Principal"

    package enum Invalid: String, CodedError {
        case malformed, wrongSignature = "wrong-signature", expired

        package var code: String { "principal-\(rawValue)" }
        package var message: String { "the identity of the request can not be verified" }
    }

    private let key: Bytes

    /// - Parameter key: at least 32 random bytes, shared by the gateway and the services.
    package init(key: Bytes) {
        precondition(key.count >= 32, "an identity key has at least 32 bytes")
        self.key = key
    }

    /// Signs a principal.
    package func sign(_ principal: Principal) throws -> String {
        let payload = Base64.encodeURL(try JSON.encode(principal))
        return payload + "." + signature(payload)
    }

    /// - Throws: `Invalid`.
    package func verify(_ token: String, now: Timestamp = .now()) throws(Invalid) -> Principal {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Base64.decodeURL(String(parts[0])) else { throw .malformed }
        guard constantTimeEqual(Bytes(signature(String(parts[0])).utf8), Bytes(parts[1].utf8)) else { throw .wrongSignature }
        let principal: Principal
        do {
            principal = try JSON.decode(Principal.self, from: bytes)
        } catch {
            throw .malformed
        }
        guard principal.expires > now else { throw .expired }
        return principal
    }

    private func signature(_ payload: String) -> String {
        Base64.encodeURL(HMACSHA256.authenticate(Bytes(payload.utf8), key: key))
    }
}
