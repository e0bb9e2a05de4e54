package import Primitives

/// A resumable upload that is under way.
package struct Upload: Sendable, Hashable {
    package let id: String
    package let owner: String
    package let name: String
    /// Bytes in all.
    package let length: Int64
    /// Bytes that are safe on disk.
    package var offset: Int64
    package let expires: Timestamp
    /// The file it became, once complete.
    package var file: String?
}

/// A digest that the bytes of one request must have (tus 1.0, checksum extension).
package struct UploadChecksum: Sendable, Hashable {
    package enum Algorithm: String, Sendable, CaseIterable { case sha1, sha256 }

    package let algorithm: Algorithm
    package let digest: Bytes

    package init(algorithm: Algorithm, digest: Bytes) {
        (self.algorithm, self.digest) = (algorithm, digest)
    }
}
