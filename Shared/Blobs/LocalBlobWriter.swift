import Primitives

/// An upload into a local store; the work is done on the store's own threads.
final class LocalBlobWriter: BlobWriter {
    private let upload: Upload
    private let threads: BlockingThreads

    init(_ upload: Upload, threads: BlockingThreads) {
        (self.upload, self.threads) = (upload, threads)
    }

    package func append(_ bytes: Bytes) async throws(BlobError) {
        guard try upload.gather(bytes) else { return }
        try await threads.perform { [upload] () throws(BlobError) in try upload.flush() }
    }

    package func commit(expecting digest: String?, owner: BlobOwner) async throws(BlobError) -> BlobReference {
        try await threads.perform { [upload] () throws(BlobError) in
            do throws(BlobError) {
                try owner.check()
                let expected: BlobDigest? = if let digest { try BlobDigest(digest) } else { nil }
                return try upload.commit(expecting: expected, owner: owner)
            } catch {
                upload.discard()
                throw error
            }
        }
    }

    package func abort() async {
        await withCheckedContinuation { continuation in
            threads.post { [upload] in
                upload.discard()
                continuation.resume()
            }
        }
    }

    deinit {
        // Removing a long file takes time, which the dropping task must not wait for.
        threads.post { [upload] in upload.discard() }
    }
}

extension BlockingThreads {
    /// Runs `body` on one of the threads; what fails in it is the store's.
    func perform<T: Sendable>(_ body: @escaping @Sendable () throws(BlobError) -> T) async throws(BlobError) -> T {
        let result: Result<T, BlobError>
        do {
            result = try await run { Result(catching: body) }
        } catch {
            // The threads end with the store, which its callers hold.
            throw .writerEnded
        }
        return try result.get()
    }
}
