import Glibc
package import Primitives

/// The store on a local disk, which several processes may open at once.
///
/// ```swift
/// let store = try LocalBlobStore(root: "/var/lib/avstudio/blobs", quota: .gib(100), minimumFree: .gib(1))
/// let writer = try await store.writer()
/// for try await chunk in request.body { try await writer.append(chunk) }
/// let blob = try await writer.commit(owner: BlobOwner(service: "gateway", id: file.id))
/// ```
package final class LocalBlobStore: BlobStore {
    private static let log = Log("blobs")
    let index: BlobIndex
    let threads: BlockingThreads

    /// Opens a store, making it when it is not there.
    /// - Parameters:
    ///   - root: a folder on one file system that has hard links.
    ///   - quota: the most that all blobs together may hold; `nil` for no limit. Every process applies its own.
    ///   - minimumFree: what the disk must keep free.
    ///   - threads: calls that may wait for the disk at once.
    /// - Throws: `BlobError.io`, `.diskFull`.
    package init(root: String, quota: ByteSize?, minimumFree: ByteSize, threads: Int = 4) throws(BlobError) {
        index = try BlobIndex(root: root, quota: quota, minimumFree: minimumFree)
        self.threads = BlockingThreads(name: "blobs", count: threads)
    }

    package func writer() async throws(BlobError) -> any BlobWriter {
        let upload = try await threads.perform { [index] () throws(BlobError) in try Upload(index) }
        return LocalBlobWriter(upload, threads: threads)
    }

    package func adopt(file path: String, owner: BlobOwner) async throws(BlobError) -> BlobReference {
        try owner.check()
        return try await threads.perform { [index] () throws(BlobError) in try Adoption(of: path, into: index).run(owner: owner) }
    }

    package func retain(_ digest: String, owner: BlobOwner) async throws(BlobError) {
        try owner.check()
        let digest = try BlobDigest(digest)
        try await threads.perform { [index] () throws(BlobError) in try index.retain(digest, owner) }
    }

    package func release(_ digest: String, owner: BlobOwner) async throws(BlobError) {
        try owner.check()
        let digest = try BlobDigest(digest)
        try await threads.perform { [index] () throws(BlobError) in try index.release(digest, owner) }
    }

    package func localPath(_ digest: String) throws(BlobError) -> String {
        let checked = try BlobDigest(digest)
        guard try index.exists(checked) else { throw .notFound(digest: digest) }
        return index.layout.object(checked)
    }

    package func read(_ digest: String, range: Range<Int64>?) -> BlobContent {
        BlobContent { [index, threads] in
            let reading = Reading(index, digest: digest, range: range)
            return { try await threads.perform { () throws(BlobError) in try reading.next() } }
        }
    }

    /// Zero space is reported free when the disk can not be looked at; the reason goes to the log.
    package func usage() async -> BlobUsage {
        do {
            return try await threads.perform { [index] () throws(BlobError) in
                let held = try index.ledger.total()
                return BlobUsage(bytes: held.bytes, count: held.count, free: max(0, try Folder.freeSpace(index.layout.root)))
            }
        } catch {
            Self.log.error("the store's usage can not be read", ["error": .string("\(error)")])
            return BlobUsage(bytes: 0, count: 0, free: 0)
        }
    }

    @discardableResult
    package func sweep(olderThan age: Duration) async throws(BlobError) -> BlobSweep {
        try await threads.perform { [index] () throws(BlobError) in
            var sweep = BlobSweep()
            try index.sweepPartials(olderThan: age, &sweep)
            try index.sweepObjects(&sweep)
            return sweep
        }
    }

    @discardableResult
    package func reclaim(
        service: String, olderThan age: Duration, known: @Sendable ([String]) async throws -> Set<String>
    ) async throws -> Int {
        let digests = try await threads.perform { [index] () throws(BlobError) in try index.digests(heldBy: service) }
        var count = 0
        var waiting: [BlobHold] = []
        func giveUp() async throws {
            let knownIDs = try await known(waiting.map(\.owner.id))
            for hold in waiting where !knownIDs.contains(hold.owner.id) {
                try await threads.perform { [index] () throws(BlobError) in try index.release(hold.digest, hold.owner) }
                count += 1
            }
            waiting.removeAll()
        }
        for digest in digests {
            waiting += try await threads.perform { [index] () throws(BlobError) in
                try index.holds(of: digest, by: service, olderThan: age)
            }
            if waiting.count >= Self.reclaimStep { try await giveUp() }
        }
        try await giveUp()
        return count
    }

    private static let reclaimStep = 400
}
