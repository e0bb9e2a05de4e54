import Cryptography
import Glibc

/// Takes a finished file into the store. Waits for the disk.
struct Adoption: ~Copyable {
    private let path: String
    private let index: BlobIndex
    private let file: OpenFile
    private let status: stat

    /// - Throws: `.notAFile` for what is not a regular file, for symbolic links and for nothing at all.
    init(of path: String, into index: BlobIndex) throws(BlobError) {
        let file = try Self.open(path)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        (self.path, self.index, self.status) = (path, index, status)
        self.file = file
    }

    private static func open(_ path: String) throws(BlobError) -> OpenFile {
        do throws(BlobError) {
            // O_NONBLOCK: a pipe that a stranger has put there must not hold up the thread.
            return try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            guard case .io(_, let number) = error, [ELOOP, ENOENT, ENOTDIR, ENXIO].contains(number) else { throw error }
            throw .notAFile(path: path)
        }
    }

    /// - Returns: the object, held by the owner; the file is gone from its place.
    /// - Throws: `.diskFull`, `.quotaExceeded`, `.io`; the file is as it was then.
    func run(owner: BlobOwner) throws(BlobError) -> BlobReference {
        let reference = try isOurs() ? try link(owner: owner) : try copy(owner: owner)
        try Folder.removeFile(path)
        return reference
    }

    /// Whether nobody else can write to the file: it has one name and belongs to this user.
    private func isOurs() throws(BlobError) -> Bool {
        guard status.st_nlink == 1, status.st_uid == geteuid() else { return false }
        return try Folder.status(index.layout.incoming)?.st_dev == status.st_dev
    }

    private func link(owner: BlobOwner) throws(BlobError) -> BlobReference {
        var hash = SHA256()
        var size: Int64 = 0
        try forEachChunk { bytes in
            hash.update(bytes)
            size += Int64(bytes.count)
        }
        let reference = BlobReference(digest: BlobDigest(hash: hash.finalize()).text, size: size)
        do throws(BlobError) {
            try file.setMode(0o444)
            try file.sync()
            try index.add(file, reference, owner: owner)
            return reference
        } catch {
            try file.setMode(status.st_mode & 0o7777)
            // A mount point may lie between the two although the device is the same.
            guard case .io(_, EXDEV) = error else { throw error }
            return try copy(owner: owner)
        }
    }

    private func copy(owner: BlobOwner) throws(BlobError) -> BlobReference {
        let upload = try Upload(index)
        do throws(BlobError) {
            try forEachChunk { bytes throws(BlobError) in
                if try upload.gather(bytes) { try upload.flush() }
            }
            return try upload.commit(expecting: nil, owner: owner)
        } catch {
            upload.discard()
            throw error
        }
    }

    private func forEachChunk(_ body: ([UInt8]) throws(BlobError) -> Void) throws(BlobError) {
        var offset: Int64 = 0
        while true {
            let bytes = try file.read(Upload.chunk, at: offset)
            if bytes.isEmpty { return }
            try body(bytes)
            offset += Int64(bytes.count)
        }
    }
}
