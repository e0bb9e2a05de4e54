import Cryptography
package import Primitives

/// Signs requests as `RequestVerifier` expects them.
package struct RequestSigner: Sendable {
    private let keyID: String
    private let key: Bytes

    /// - Parameters:
    ///   - keyID: the name of the key.
    ///   - key: its secret.
    package init(keyID: String, key: Bytes) {
        (self.keyID, self.key) = (keyID, key)
    }

    /// - Parameters:
    ///   - body: the request's; its digest is signed with it.
    ///   - now: the time of signing.
    ///   - nonce: never used with this key before.
    /// - Returns: the request with `Content-Digest`, `Signature-Input` and `Signature`.
    /// - Throws: `SignatureError.component`, for a field with a line break.
    package func sign(
        _ request: SignedRequest, body: Bytes, now: Timestamp = .now(), nonce: String = Base64.encodeURL(SecureRandom.bytes(16))
    ) throws(SignatureError) -> SignedRequest {
        var request = request
        var components = ["@method", "@authority", "@path", "@query"]
        if !body.isEmpty {
            request.fields.append(("Content-Digest", ContentDigest.header(body)))
            components.append("content-digest")
        }
        let parameters = Parameters(list: [
            ("created", .integer(now.milliseconds / 1000)), ("nonce", .string(nonce)), ("keyid", .string(keyID)),
            ("alg", .string("hmac-sha256")),
        ])
        let base = try MessageSignature.base(of: request, components, parameters)
        let signature = HMACSHA256.authenticate(Bytes(base.utf8), key: key)
        request.fields.append(("Signature-Input", "sig=" + MessageSignature.input(components, parameters)))
        request.fields.append(("Signature", "sig=" + BareItem.bytes(signature).serialized))
        return request
    }
}
