package import Primitives

/// A stored blob: what its bytes hash to, and how many there are.
package struct BlobReference: Sendable, Hashable, Codable {
    /// `sha256:` and 64 hexadecimal digits.
    package let digest: String
    /// Bytes.
    package let size: Int64

    package init(digest: String, size: Int64) {
        (self.digest, self.size) = (digest, size)
    }
}

/// Who holds on to a blob; a blob lives while anybody does.
package struct BlobOwner: Sendable, Hashable {
    /// The service's name; letters, digits and dashes.
    package let service: String
    /// What of the service's holds it: a file's or job's identifier.
    package let id: String

    package init(service: String, id: String) {
        (self.service, self.id) = (service, id)
    }
}

/// How full a store is.
package struct BlobUsage: Sendable, Hashable {
    package let bytes: Int64
    package let count: Int
    /// Bytes free on the disk.
    package let free: Int64
}

/// A store of blobs named by their content. The local disk is one; an object store would be another.
package protocol BlobStore: Sendable {
    /// Begins a blob whose bytes come in pieces.
    func writer() async throws -> any BlobWriter

    /// Takes a finished file into the store; the file itself may be gone afterwards.
    /// - Throws: `BlobError`.
    func adopt(file path: String, owner: BlobOwner) async throws -> BlobReference

    /// Adds a holder. Repeating it changes nothing.
    /// - Throws: `BlobError.notFound`.
    func retain(_ digest: String, owner: BlobOwner) async throws

    /// Takes a holder away; the last one's going deletes the blob. Repeating it changes nothing.
    func release(_ digest: String, owner: BlobOwner) async throws

    /// Where the bytes are on this machine.
    /// - Throws: `BlobError.notFound`.
    func localPath(_ digest: String) throws -> String

    func usage() async throws -> BlobUsage

    /// Removes uploads that were abandoned and blobs that nobody holds.
    /// - Parameter age: only what is older.
    /// - Returns: how many files went.
    func sweep(olderThan age: Duration) async throws -> Int
}

/// Writes one blob.
package protocol BlobWriter: Sendable {
    /// - Throws: `BlobError`: `.diskFull`, `.quotaExceeded`; nothing stays of the blob then.
    func append(_ bytes: Bytes) async throws

    /// Makes the blob durable and gives it its first holder.
    /// - Parameter digest: what the bytes must hash to, if known.
    /// - Throws: `BlobError.digestMismatch`; nothing stays of the blob then.
    func commit(expecting digest: String?, owner: BlobOwner) async throws -> BlobReference

    /// Gives the blob up.
    func abort() async
}
