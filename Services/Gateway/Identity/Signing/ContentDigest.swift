import Cryptography
package import Primitives

/// The digest of a body in a header (RFC 9530).
package enum ContentDigest {
    /// The value of `Content-Digest` with SHA-256.
    package static func header(_ body: Bytes) -> String { "sha-256=" + BareItem.bytes(SHA256.hash(body)).serialized }

    /// Whether a body has the digests of a header. Each algorithm that is known must fit, and there must be one; others are passed
    /// over (RFC 9530, 2 and 5).
    /// - Parameter header: the value of `Content-Digest`.
    package static func matches(_ header: String, body: Bytes) -> Bool {
        guard let members = StructuredFieldParser.dictionary(header) else { return false }
        let checks = members.compactMap { name, member -> Bool? in
            switch name {
            case "sha-256": member == .item(.bytes(SHA256.hash(body)), Parameters())
            case "sha-512": member == .item(.bytes(SHA512.hash(body)), Parameters())
            default: nil
            }
        }
        return !checks.isEmpty && checks.allSatisfy { $0 }
    }

    /// The SHA-256 that a header tells; `nil` when it tells none.
    static func sha256(_ header: String) -> Bytes? {
        guard let members = StructuredFieldParser.dictionary(header), case .item(.bytes(let digest), _) = members["sha-256"],
            digest.count == 32
        else { return nil }
        return digest
    }
}
