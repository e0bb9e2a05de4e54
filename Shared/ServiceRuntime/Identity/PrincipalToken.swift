package import Contracts
import Cryptography
package import Primitives
import Synchronization

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
    private let verified = VerifiedPrincipals()

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

    /// Checks a token; one that was good before is known until it expires, for verifying takes longer than the rest of a request.
    /// - Throws: `Invalid`.
    package func verify(_ token: String, now: Timestamp = .now()) throws(Invalid) -> Principal {
        let principal = if let known = verified.principal(of: token) { known } else { try check(token) }
        guard principal.expires > now else { throw .expired }
        // A signed request's identity comes once.
        if principal.bodyDigest == nil { verified.keep(principal, of: token) }
        return principal
    }

    private func check(_ token: String) throws(Invalid) -> Principal {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Base64.decodeURL(String(parts[0])) else { throw .malformed }
        guard constantTimeEqual(Bytes(signature(String(parts[0])).utf8), Bytes(parts[1].utf8)) else { throw .wrongSignature }
        do {
            return try JSON.decode(Principal.self, from: bytes)
        } catch {
            throw .malformed
        }
    }

    private func signature(_ payload: String) -> String {
        Base64.encodeURL(HMACSHA256.authenticate(Bytes(payload.utf8), key: key))
    }
}

/// Tokens that were found good lately.
private final class VerifiedPrincipals: Sendable {
    private static let capacity = 4096
    private let principals = Mutex<[String: Principal]>([:])

    func principal(of token: String) -> Principal? { principals.withLock { $0[token] } }

    func keep(_ principal: Principal, of token: String) {
        principals.withLock { principals in
            guard principals[token] == nil else { return }
            if principals.count >= Self.capacity { principals.removeAll(keepingCapacity: true) }
            principals[token] = principal
        }
    }
}
