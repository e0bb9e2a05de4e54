import Cryptography
package import Primitives

/// A digest that the bytes of one request must have (tus 1.0, checksum extension).
package struct UploadChecksum: Sendable, Hashable {
    package enum Algorithm: String, Sendable, CaseIterable { case sha1, sha256 }

    package let algorithm: Algorithm
    package let digest: Bytes

    package init(algorithm: Algorithm, digest: Bytes) {
        (self.algorithm, self.digest) = (algorithm, digest)
    }
}

/// Checks the bytes of one request as they come.
struct ChecksumCheck: ~Copyable {
    /// SHA-1 is computed over the whole request, which is held in memory for it.
    static let longestSHA1Request = ByteSize.mib(16)

    private let checksum: UploadChecksum?
    private var sha256 = SHA256()
    private var whole = Bytes()

    init(_ checksum: UploadChecksum?) {
        self.checksum = checksum
    }

    mutating func update(_ bytes: Bytes) throws(GatewayError) {
        switch checksum?.algorithm {
        case nil: return
        case .sha256: sha256.update(bytes)
        case .sha1:
            guard whole.count + bytes.count <= Self.longestSHA1Request.bytes else {
                throw .uploadLength(
                    "a request with a sha1 checksum has at most \(Self.longestSHA1Request) bytes; sha256 has no limit")
            }
            whole += bytes
        }
    }

    /// - Throws: `GatewayError.uploadChecksum`.
    consuming func finish() throws(GatewayError) {
        guard let checksum else { return }
        let digest =
            switch checksum.algorithm {
            case .sha1: SHA1.hash(whole)
            case .sha256: sha256.finalize()
            }
        guard digest == checksum.digest else { throw .uploadChecksum }
    }
}
