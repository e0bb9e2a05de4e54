import Cryptography
import Glibc
import Synchronization

/// A file that is being written and hashed. Every call may wait for the disk.
final class Upload: Sendable {
    /// Bytes that are gathered before they are hashed and written.
    static let chunk = 256 << 10
    /// Bytes between two looks at quota and disk.
    private static let checkInterval: Int64 = 8 << 20

    private struct Partial: ~Copyable {
        let path: String
        let file: OpenFile
        var hash = SHA256()
        var buffer: [UInt8] = []
        var written: Int64 = 0
        var checked: Int64 = 0

        init(path: String, file: consuming OpenFile) {
            self.path = path
            self.file = file
        }
    }

    private let index: BlobIndex
    private let partial: Mutex<Partial?>

    /// - Throws: `.diskFull`, `.quotaExceeded` when there is no room for even a byte.
    init(_ index: BlobIndex) throws(BlobError) {
        self.index = index
        try index.checkRoom(for: 1, written: 0)
        partial = Mutex(try Self.create(in: index.layout))
    }

    /// Makes a file that a sweep can tell from an abandoned one by its lock.
    private static func create(in layout: StoreLayout) throws(BlobError) -> Partial {
        while true {
            let path = layout.newPartial()
            let file = try OpenFile(path, O_WRONLY | O_EXCL, mode: 0o600)
            // A sweep that came between the two calls may have locked or removed it.
            if file.tryLock(), try file.status().st_nlink == 1 { return Partial(path: path, file: file) }
        }
    }

    /// Takes bytes in without touching the disk.
    /// - Returns: whether `flush` is due.
    func gather(_ bytes: [UInt8]) throws(BlobError) -> Bool {
        try partial.withLock { partial throws(BlobError) -> Bool in
            guard partial != nil else { throw .writerEnded }
            partial?.buffer += bytes
            return partial?.buffer.count ?? 0 >= Self.chunk
        }
    }

    /// Hashes and writes what was gathered.
    /// - Throws: `.diskFull`, `.quotaExceeded`, `.io`; nothing of the upload is left then.
    func flush() throws(BlobError) {
        try attempt { partial throws(BlobError) in try self.flush(&partial) }
    }

    /// Makes the bytes an object with its first owner.
    /// - Throws: `.digestMismatch`, `.diskFull`, `.quotaExceeded`, `.io`; nothing of the upload is left then.
    func commit(expecting digest: BlobDigest?, owner: BlobOwner) throws(BlobError) -> BlobReference {
        defer { discard() }
        return try attempt { partial throws(BlobError) in
            try self.flush(&partial)
            var hash = SHA256()
            swap(&hash, &partial.hash)
            let actual = BlobDigest(hash: hash.finalize())
            if let digest, digest != actual { throw .digestMismatch(expected: digest.text, actual: actual.text) }
            let reference = BlobReference(digest: actual.text, size: partial.written)
            try partial.file.setMode(0o444)
            try partial.file.sync()
            try self.index.add(partial.file, reference, owner: owner)
            return reference
        }
    }

    /// Removes what was written, if it was not done before.
    func discard() {
        partial.withLock { partial in
            if let path = partial?.path { unlink(path) }
            partial = nil
        }
    }

    private func attempt<T: Sendable>(_ body: (inout Partial) throws(BlobError) -> T) throws(BlobError) -> T {
        do throws(BlobError) {
            return try partial.withLock { partial throws(BlobError) -> T in
                guard partial != nil else { throw .writerEnded }
                return try body(&partial!)
            }
        } catch {
            discard()
            throw error
        }
    }

    private func flush(_ partial: inout Partial) throws(BlobError) {
        var buffer: [UInt8] = []
        swap(&buffer, &partial.buffer)
        let size = Int64(buffer.count)
        if partial.written == 0 || partial.written + size - partial.checked >= Self.checkInterval {
            try index.checkRoom(for: partial.written + size, written: partial.written)
            partial.checked = partial.written + size
        }
        partial.hash.update(buffer)
        try partial.file.write(buffer)
        partial.written += size
        buffer.removeAll(keepingCapacity: true)
        swap(&buffer, &partial.buffer)
    }
}
