/// A blob's name and size.
package struct BlobReference: Sendable, Hashable, Codable {
    /// `sha256:` and 64 lower-case hexadecimal digits.
    package let digest: String
    /// Bytes.
    package let size: Int64

    package init(digest: String, size: Int64) {
        (self.digest, self.size) = (digest, size)
    }
}

/// Who holds a blob; it stays as long as somebody does.
package struct BlobOwner: Sendable, Hashable {
    /// For example `gateway`.
    package let service: String
    /// For example `file_01k…`.
    package let id: String

    package init(service: String, id: String) {
        (self.service, self.id) = (service, id)
    }
}

/// How full the store is.
package struct BlobUsage: Sendable, Hashable {
    /// Bytes of all blobs, each counted once.
    package let bytes: Int64
    /// Blobs.
    package let count: Int64
    /// Bytes that the disk can still take.
    package let free: Int64
}

/// What a sweep has removed.
package struct BlobSweep: Sendable, Hashable {
    /// Uploads that nobody writes to any more.
    package var partials = 0
    /// Blobs that nobody holds.
    package var blobs = 0
    /// Bytes of both.
    package var bytes: Int64 = 0
}
