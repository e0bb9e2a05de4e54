package import Primitives

/// Holds immutable bytes under the SHA-256 of their content, each content once, for as long as an owner holds it.
package protocol BlobStore: Sendable {
    /// Begins an upload.
    /// - Throws: `BlobError`: `.diskFull` and `.quotaExceeded` when there is no room for even a byte.
    func writer() async throws(BlobError) -> any BlobWriter

    /// Takes a finished local file into the store; it is gone from its place afterwards, and untouched when this throws.
    /// Nobody may write to it any more.
    /// - Throws: `BlobError`: `.notAFile` also for symbolic links, `.diskFull`, `.quotaExceeded`.
    func adopt(file path: String, owner: BlobOwner) async throws(BlobError) -> BlobReference

    /// Holds a blob for one more owner; does nothing when that one holds it already.
    /// - Throws: `BlobError.notFound`.
    func retain(_ digest: String, owner: BlobOwner) async throws(BlobError)

    /// Gives up an owner's hold, and removes the blob when it was the last; does nothing when that one does not hold it.
    func release(_ digest: String, owner: BlobOwner) async throws(BlobError)

    /// Where the bytes lie as a local read-only file, for C libraries, sandboxes and nginx.
    /// - Throws: `BlobError.notFound`.
    func localPath(_ digest: String) throws(BlobError) -> String

    /// The bytes of a blob, or some of them.
    /// - Parameter range: byte offsets; `nil` for all.
    /// - Returns: chunks of at most 256 KiB, which throw `BlobError.notFound` and `.invalidRange` when read. A blob that is
    ///   removed while it is being read is read to its end.
    func read(_ digest: String, range: Range<Int64>?) -> BlobContent

    /// Gives up the holds of owners that a service does not know, which crashes between a hold and its row have left.
    /// - Parameters:
    ///   - age: how long the blob must have been left alone; younger ones may be about to get their row.
    ///   - known: which of some owners' ids, at most 500 at once, the service knows.
    /// - Returns: how many holds were given up.
    @discardableResult
    func reclaim(
        service: String, olderThan age: Duration, known: @Sendable ([String]) async throws -> Set<String>
    ) async throws -> Int

    func usage() async -> BlobUsage

    /// Removes uploads that nobody writes to any more and blobs that nobody holds, and counts anew.
    /// - Parameter age: how long an upload must have been silent.
    @discardableResult
    func sweep(olderThan age: Duration) async throws(BlobError) -> BlobSweep
}

extension BlobStore {
    /// All bytes of a blob.
    package func read(_ digest: String) -> BlobContent { read(digest, range: nil) }
}

/// An upload under way. Its calls must follow one another. Dropping it is like aborting it.
package protocol BlobWriter: Sendable {
    /// Adds bytes, returning when there is room for more.
    /// - Throws: `BlobError`: `.diskFull`, `.quotaExceeded`; the upload has ended then and nothing of it is left.
    func append(_ bytes: Bytes) async throws(BlobError)

    /// Makes what was written a blob, on disk when this returns.
    /// - Parameter digest: what the bytes must hash to, if known.
    /// - Throws: `BlobError`: `.digestMismatch`, `.diskFull`, `.quotaExceeded`; nothing of the upload is left then.
    func commit(expecting digest: String?, owner: BlobOwner) async throws(BlobError) -> BlobReference

    /// Gives the upload up and removes what was written; does nothing after its end.
    func abort() async
}

extension BlobWriter {
    /// Makes what was written a blob, whatever it hashes to.
    package func commit(owner: BlobOwner) async throws(BlobError) -> BlobReference {
        try await commit(expecting: nil, owner: owner)
    }
}

/// The chunks of a blob. Every iteration reads from the start.
package struct BlobContent: AsyncSequence, Sendable {
    package typealias Element = Bytes
    package typealias Failure = any Error

    private let begin: @Sendable () -> AsyncIterator

    /// - Parameter chunks: makes, for every iteration, what gives the next chunk and `nil` after the last.
    package init(_ chunks: @escaping @Sendable () -> @Sendable () async throws -> Bytes?) {
        begin = { AsyncIterator(next: chunks()) }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let chunk: @Sendable () async throws -> Bytes?

        fileprivate init(next chunk: @escaping @Sendable () async throws -> Bytes?) {
            self.chunk = chunk
        }

        package func next() async throws -> Bytes? {
            try await chunk()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { begin() }
}
