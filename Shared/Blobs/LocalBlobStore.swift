import Cryptography
import Glibc
package import Primitives

/// A blob store in a folder, shared by every process of the machine. See `BlobLayout` for how it is kept.
///
/// ```swift
/// let store = try LocalBlobStore(root: "var/blobs", quota: nil, minimumFree: .mib(256))
/// let writer = try await store.writer()
/// try await writer.append(bytes)
/// let blob = try await writer.commit(expecting: nil, owner: BlobOwner(service: "gateway", id: "file_1"))
/// ```
package final class LocalBlobStore: BlobStore {
    let layout: BlobLayout
    let lock: StoreLock
    let threads = BlockingThreads(name: "blobs", count: 4)
    private let quota: ByteSize?
    private let minimumFree: ByteSize

    /// - Parameters:
    ///   - root: made when it is not there.
    ///   - quota: most that all objects may hold.
    ///   - minimumFree: disk space that is left alone.
    /// - Throws: `BlobError`.
    package init(root: String, quota: ByteSize?, minimumFree: ByteSize) throws {
        layout = BlobLayout(root: root)
        lock = StoreLock(layout)
        (self.quota, self.minimumFree) = (quota, minimumFree)
        for folder in [layout.incoming, layout.objects, layout.references] { try layout.makeFolder(folder) }
    }

    package func writer() async throws -> any BlobWriter {
        try await threads.run { [self] in try LocalBlobWriter(store: self) }
    }

    package func adopt(file path: String, owner: BlobOwner) async throws -> BlobReference {
        try await threads.run { [self] in
            // The same disk: a link costs nothing. Another one: the bytes are copied.
            let incoming = layout.incoming + "/" + Identifier.make("blob")
            if link(path, incoming) == 0 {
                unlink(path)
                return try place(incoming, try hash(incoming), owner)
            }
            guard errno == EXDEV || errno == EPERM else { throw BlobError.system("link") }
            return try copy(path, owner)
        }
    }

    package func retain(_ digest: String, owner: BlobOwner) async throws {
        let hex = try BlobLayout.hex(digest)
        try await threads.run { [self] in
            try lock.held { try addReference(hex, owner) }
        }
    }

    package func release(_ digest: String, owner: BlobOwner) async throws {
        let hex = try BlobLayout.hex(digest)
        try await threads.run { [self] in
            try lock.held {
                guard unlink(layout.reference(hex, owner)) == 0 || errno == ENOENT else { throw BlobError.system("unlink") }
                rmdir(layout.referenceFolder(hex, owner))
                try deleteIfUnheld(layout.object(hex))
            }
        }
    }

    package func localPath(_ digest: String) throws -> String {
        let path = layout.object(try BlobLayout.hex(digest))
        guard access(path, R_OK) == 0 else { throw BlobError.notFound(digest) }
        return path
    }

    package func usage() async throws -> BlobUsage {
        try await threads.run { [self] in
            let (bytes, count) = try lock.held { try lock.recount() }
            return BlobUsage(bytes: bytes, count: count, free: try freeBytes())
        }
    }

    package func sweep(olderThan age: Duration) async throws -> Int {
        try await threads.run { [self] in
            let limit = Int(Timestamp.now().milliseconds / 1000) - Int(age.seconds)
            var removed = 0
            try FolderWalk.files(in: layout.incoming) { path, status in
                if status.st_mtim.tv_sec < limit && unlink(path) == 0 { removed += 1 }
            }
            try lock.held {
                try FolderWalk.files(in: layout.objects) { path, status in
                    if status.st_nlink == 1 && status.st_ctim.tv_sec < limit && unlink(path) == 0 { removed += 1 }
                }
                try lock.recount()
            }
            return removed
        }
    }

    /// - Throws: `BlobError.quotaExceeded` or `.diskFull` when so many more bytes do not fit.
    func checkRoom(for bytes: Int64) throws {
        if let quota, try lock.usedBytes() + bytes > quota.bytes { throw BlobError.quotaExceeded(limit: quota) }
        if minimumFree.bytes > 0, try freeBytes() - bytes < minimumFree.bytes { throw BlobError.diskFull }
    }

    /// Makes a finished, closed file of `incoming` an object with its first holder.
    func place(_ incoming: String, _ blob: BlobReference, _ owner: BlobOwner) throws -> BlobReference {
        let hex = try BlobLayout.hex(blob.digest)
        defer { unlink(incoming) }
        chmod(incoming, 0o444)
        try sync(incoming)
        try lock.held {
            try layout.makeFolder(layout.objectFolder(hex))
            if link(incoming, layout.object(hex)) == 0 {
                try layout.syncFolder(layout.objectFolder(hex))
                try lock.add(blob.size)
            } else if errno != EEXIST {
                throw BlobError.system("link")
            }
            do {
                try addReference(hex, owner)
            } catch {
                unlink(incoming)
                try deleteIfUnheld(layout.object(hex))
                throw error
            }
        }
        return blob
    }

    private func addReference(_ hex: String, _ owner: BlobOwner) throws {
        guard !owner.id.isEmpty, !owner.id.hasPrefix("."), !(owner.service + owner.id).utf8.contains(UInt8(ascii: "/")) else {
            throw BlobError.io(operation: "reference", errorNumber: EINVAL)
        }
        let folder = layout.referenceFolder(hex, owner)
        try layout.makeFolder(folder)
        guard link(layout.object(hex), layout.reference(hex, owner)) == 0 || errno == EEXIST else {
            if errno == ENOENT {
                rmdir(folder)
                throw BlobError.notFound("sha256:" + hex)
            }
            throw BlobError.system("link")
        }
        try layout.syncFolder(folder)
    }

    /// Deletes an object that only its own name holds; call it inside the lock.
    private func deleteIfUnheld(_ object: String) throws {
        var status = stat()
        guard stat(object, &status) == 0, status.st_nlink == 1 else { return }
        guard unlink(object) == 0 else { throw BlobError.system("unlink") }
        try lock.add(-Int64(status.st_size))
    }

    private func freeBytes() throws -> Int64 {
        var status = statvfs()
        guard statvfs(layout.root, &status) == 0 else { throw BlobError.system("statvfs") }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    private func sync(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw BlobError.system("open") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw BlobError.system("fsync") }
    }

    private func hash(_ path: String) throws -> BlobReference {
        var digest = SHA256()
        var size: Int64 = 0
        try read(path) { bytes in
            digest.update(bytes)
            size += Int64(bytes.count)
        }
        return BlobReference(digest: "sha256:" + Hex.encode(digest.finalize()), size: size)
    }

    private func copy(_ path: String, _ owner: BlobOwner) throws -> BlobReference {
        let writer = try LocalBlobWriter(store: self)
        do {
            try read(path) { try writer.write($0) }
            let blob = try writer.finish(expecting: nil, owner: owner)
            unlink(path)
            return blob
        } catch {
            writer.discard()
            throw error
        }
    }

    private func read(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw BlobError.system("open") }
        defer { close(file) }
        var buffer = Bytes(repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw BlobError.system("read")
            }
            try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
