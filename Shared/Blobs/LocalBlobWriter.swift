import Cryptography
import Glibc
import Primitives
import Synchronization

/// Writes a blob into `incoming`, hashing while it writes.
final class LocalBlobWriter: BlobWriter {
    /// Room is asked for this far ahead, so that the ledger is not read for every piece.
    private static let reserveStep: Int64 = 16 << 20

    private struct State: ~Copyable, Sendable {
        var file: Int32
        var digest = SHA256()
        var size: Int64 = 0
        var reserved: Int64 = 0
    }

    private let store: LocalBlobStore
    private let path: String
    private let state: Mutex<State>

    init(store: LocalBlobStore) throws {
        self.store = store
        path = store.layout.incoming + "/" + Identifier.make("blob")
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BlobError.system("open") }
        state = Mutex(State(file: file))
    }

    deinit {
        discard()
    }

    func append(_ bytes: Bytes) async throws {
        try await store.threads.run { [self] in
            do {
                try bytes.withUnsafeBytes { try write($0) }
            } catch {
                discard()
                throw error
            }
        }
    }

    func commit(expecting digest: String?, owner: BlobOwner) async throws -> BlobReference {
        try await store.threads.run { [self] in
            do {
                return try finish(expecting: digest, owner: owner)
            } catch {
                discard()
                throw error
            }
        }
    }

    func abort() async {
        discard()
    }

    /// Blocks the thread.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try state.withLock { state in
            guard state.file >= 0 else { throw BlobError.closed }
            if state.size + Int64(bytes.count) > state.reserved {
                state.reserved = state.size + max(Int64(bytes.count), Self.reserveStep)
                try store.checkRoom(for: state.size + Int64(bytes.count))
            }
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(state.file, rest.baseAddress, rest.count)
                guard count > 0 else {
                    if count < 0 && errno == EINTR { continue }
                    throw BlobError.system("write")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            state.digest.update(bytes)
            state.size += Int64(bytes.count)
        }
    }

    /// Blocks the thread.
    func finish(expecting digest: String?, owner: BlobOwner) throws -> BlobReference {
        let blob = try state.withLock { state in
            guard state.file >= 0 else { throw BlobError.closed }
            var complete = SHA256()
            swap(&complete, &state.digest)
            let blob = BlobReference(digest: "sha256:" + Hex.encode(complete.finalize()), size: state.size)
            if let digest, digest != blob.digest { throw BlobError.digestMismatch(expected: digest, actual: blob.digest) }
            close(state.file)
            state.file = -1
            return blob
        }
        return try store.place(path, blob, owner)
    }

    /// Closes and removes what was written; does nothing after `finish`.
    func discard() {
        state.withLock { state in
            guard state.file >= 0 else { return }
            close(state.file)
            state.file = -1
            unlink(path)
        }
    }
}
