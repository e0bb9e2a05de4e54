import COpenSSL

/// A public key that checks signatures over SHA-256: RSA with PKCS #1 v1.5 padding (RFC 8017, 8.2) or ECDSA on P-256 (FIPS 186-5).
package final class PublicKey: Sendable {
    /// The kind of key.
    package enum Kind: Sendable, Hashable {
        case rsa
        case p256
    }

    /// Bits that an RSA modulus has at least (RFC 7518, 3.3) and at most; longer ones only cost time.
    package static let modulusBits = 2048...8192
    /// The object identifiers 1.2.840.113549.1.1.1 with NULL, and 1.2.840.10045.2.1 with 1.2.840.10045.3.1.7 (RFC 3279, RFC 5480).
    private static let rsaAlgorithm: [UInt8] = [0x30, 0x0D, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0]
    private static let p256Algorithm: [UInt8] = [
        0x30, 0x13, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7,
    ]

    package let kind: Kind
    // Written once; verifying only reads the key, and OpenSSL counts its references atomically.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// An RSA key.
    /// - Parameters:
    ///   - modulus: big-endian, of `modulusBits`.
    ///   - exponent: big-endian; odd, 3 to 2³² − 1.
    /// - Returns: `nil` for other numbers.
    package convenience init?(rsaModulus modulus: [UInt8], exponent: [UInt8]) {
        let digits = modulus.drop { $0 == 0 }
        let power = exponent.drop { $0 == 0 }
        guard let first = digits.first, let last = digits.last, let lowest = power.last,
            Self.modulusBits.contains(digits.count * 8 - first.leadingZeroBitCount), last & 1 == 1,
            power.count <= 4, lowest & 1 == 1, power.count > 1 || lowest >= 3
        else { return nil }
        let key = DER.sequence(DER.integer(digits), DER.integer(power))
        self.init(subjectPublicKeyInfo: DER.sequence(Self.rsaAlgorithm, DER.bitString(key)), .rsa)
    }

    /// A key on the curve P-256.
    /// - Parameters:
    ///   - x: 32 bytes, big-endian.
    ///   - y: 32 bytes, big-endian.
    /// - Returns: `nil` when this is no point of the curve.
    package convenience init?(p256X x: [UInt8], y: [UInt8]) {
        guard x.count == 32, y.count == 32 else { return nil }
        // An uncompressed point (SEC 1, 2.3.3); reading it checks that it is on the curve.
        self.init(subjectPublicKeyInfo: DER.sequence(Self.p256Algorithm, DER.bitString([4] + x + y)), .p256)
    }

    private init?(subjectPublicKeyInfo bytes: [UInt8], _ kind: Kind) {
        let handle = bytes.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, buffer.count)
        }
        guard let handle else {
            ERR_clear_error()
            return nil
        }
        (self.handle, self.kind) = (handle, kind)
    }

    deinit {
        EVP_PKEY_free(handle)
    }

    /// Whether a signature over the SHA-256 of a message is this key's.
    /// - Parameter signature: for RSA as long as the modulus; for P-256 the 64 bytes of R and S (RFC 7518, 3.4).
    package func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        let encoded: [UInt8]
        switch kind {
        case .rsa: encoded = signature
        case .p256:
            guard signature.count == 64 else { return false }
            encoded = DER.sequence(DER.integer(signature[..<32]), DER.integer(signature[32...]))
        }
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, handle) == 1
            && EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    }
}
