import Cryptography
package import Primitives

/// Makes tokens with HS256, for verifiers that have the same secret.
package struct TokenSigner: Sendable {
    private let secret: Bytes
    private let header: String

    /// - Parameters:
    ///   - secret: at least 32 bytes.
    ///   - id: the key's name, so that verifiers can hold an older key beside it.
    ///   - type: what kind of token it is (RFC 8725, 3.11).
    /// - Throws: `TokenError.keyInvalid` for fewer bytes.
    package init(secret: Bytes, id: String, type: String = "JWT") throws(TokenError) {
        guard secret.count >= 32 else { throw .keyInvalid("a secret for HS256 has at least 32 bytes") }
        self.secret = secret
        let members: JSONValue = ["alg": "HS256", "kid": .string(id), "typ": .string(type)]
        header = Base64.encodeURL(members.serialized())
    }

    /// - Parameter claims: the payload's members.
    /// - Returns: the token in the compact form.
    package func sign(_ claims: [String: JSONValue]) -> String {
        let signed = header + "." + Base64.encodeURL(JSONValue.object(claims).serialized())
        return signed + "." + Base64.encodeURL(HMACSHA256.authenticate(Bytes(signed.utf8), key: secret))
    }
}
