import COpenSSL

/// SHA-512 (FIPS 180-4).
package enum SHA512 {
    /// - Returns: the 64 bytes of the digest.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            EVP_Digest(bytes, bytes.count, buffer.baseAddress, nil, EVP_sha512(), nil)
            count = 64
        }
    }
}
