import Cryptography

/// The signature algorithms that are understood (RFC 7518, 3.1). There is no `none`: a token without a signature can not be told
/// apart from one that names an unknown algorithm (RFC 8725, 3.2).
package enum TokenAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// HMAC with SHA-256; whoever can verify can sign.
    case hs256 = "HS256"
    /// RSA with PKCS #1 v1.5 padding and SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
}
