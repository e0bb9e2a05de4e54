package import Cryptography
package import Primitives

/// A key that verifies tokens (RFC 7517).
package struct JSONWebKey: Sendable {
    /// What the key is made of.
    package enum Material: Sendable {
        /// A secret for HS256; at least 32 bytes (RFC 7518, 3.2).
        case secret(Bytes)
        case publicKey(PublicKey)
    }

    package let id: String?
    package let material: Material

    /// A secret that the caller has.
    /// - Throws: `TokenError.keyInvalid` for fewer than 32 bytes.
    package init(secret: Bytes, id: String?) throws(TokenError) {
        guard secret.count >= 32 else { throw .keyInvalid("a secret for HS256 has at least 32 bytes") }
        (self.id, material) = (id, .secret(secret))
    }

    /// A public key that the caller has.
    package init(_ key: PublicKey, id: String?) {
        (self.id, material) = (id, .publicKey(key))
    }

    /// Reads a member of a key set.
    /// - Parameter allowsSecrets: whether a key of type `oct` is read; a document that others can read must hold none.
    /// - Returns: `nil` for a key of another type, curve, use or algorithm, which a set may hold (RFC 7517, 5).
    /// - Throws: `TokenError.keyInvalid` for a key that can not be what it says.
    package init?(_ members: [String: JSONValue], allowsSecrets: Bool) throws(TokenError) {
        if let use = members["use"], use != "sig" { return nil }
        if let operations = members["key_ops"], operations.arrayValue?.contains("verify") != true { return nil }
        switch members["kty"] {
        case "RSA":
            guard let modulus = Self.bytes(members["n"]), let exponent = Self.bytes(members["e"]),
                let key = PublicKey(rsaModulus: modulus, exponent: exponent)
            else { throw .keyInvalid("an RSA key has a modulus of 2048 to 8192 bits and an odd exponent") }
            material = .publicKey(key)
        case "EC" where members["crv"] == "P-256":
            guard let x = Self.bytes(members["x"]), let y = Self.bytes(members["y"]), let key = PublicKey(p256X: x, y: y) else {
                throw .keyInvalid("x and y are no point of P-256")
            }
            material = .publicKey(key)
        case "oct" where allowsSecrets:
            guard let secret = Self.bytes(members["k"]), secret.count >= 32 else {
                throw .keyInvalid("a secret for HS256 has at least 32 bytes")
            }
            material = .secret(secret)
        default: return nil
        }
        id = members["kid"]?.stringValue
        if let algorithm = members["alg"], algorithm != .string(self.algorithm.rawValue) { return nil }
    }

    /// The one algorithm of the key: it is never used with another (RFC 8725, 3.1), so that a public key can not become a secret.
    package var algorithm: TokenAlgorithm {
        switch material {
        case .secret: .hs256
        case .publicKey(let key): key.kind == .rsa ? .rs256 : .es256
        }
    }

    /// Whether a signature is this key's.
    func verifies(_ signature: Bytes, over signed: Bytes) -> Bool {
        switch material {
        case .secret(let secret): constantTimeEqual(HMACSHA256.authenticate(signed, key: secret), signature)
        case .publicKey(let key): key.verifies(signature, over: signed)
        }
    }

    private static func bytes(_ value: JSONValue?) -> Bytes? { value?.stringValue.flatMap(Base64.decodeURL) }
}
