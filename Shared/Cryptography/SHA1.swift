import COpenSSL

/// SHA-1, for protocols that prescribe it (RFC 6455 handshakes, tus checksums); never for security.
package enum SHA1 {
    /// - Returns: the 20 bytes of the digest.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            EVP_Digest(bytes, bytes.count, buffer.baseAddress, nil, EVP_sha1(), nil)
            count = 20
        }
    }
}
