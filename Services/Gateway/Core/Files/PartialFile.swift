import Blobs
import Cryptography
import Glibc
import Primitives

/// The file that an upload grows in. Its calls block.
final class PartialFile: Sendable {
    private let descriptor: Int32

    /// Opens the file to go on at a size, cutting off what lies past it; a file of size 0 is made.
    /// - Throws: `UploadError`; `.lost` when the file holds fewer bytes than were noted as safe.
    init(_ path: String, size: Int64) throws(UploadError) {
        descriptor = open(path, O_RDWR | O_CLOEXEC | (size == 0 ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else { throw errno == ENOENT ? .lost : .system("open") }
        do throws(UploadError) {
            // Growing it here would fill the gap with zeros.
            guard try Self.size(descriptor) >= size else { throw .lost }
            guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(size) else {
                throw .system("truncate")
            }
            if size == 0 { try Self.syncFolder(of: path) }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: Bytes) throws(UploadError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0 && errno == EINTR { continue }
                throw .system("write")
            }
            rest = rest.dropFirst(count)
        }
    }

    func sync() throws(UploadError) {
        guard fdatasync(descriptor) == 0 else { throw .system("fdatasync") }
    }

    /// Bytes that the file's disk has left.
    func freeBytes() throws(UploadError) -> Int64 {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { throw .system("statvfs") }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    /// What a complete file holds.
    /// - Parameter size: what it must have.
    /// - Returns: the blob that it will be, and its first bytes.
    /// - Throws: `UploadError.lost` when the file is not there or has another size.
    static func summary(of path: String, size: Int64) throws(UploadError) -> (blob: BlobReference, start: Bytes) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .lost : .system("open") }
        defer { close(descriptor) }
        guard try self.size(descriptor) == size else { throw .lost }
        var hash = SHA256()
        var start = Bytes()
        var buffer = Bytes(repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system("read")
            }
            if start.count < MediaSniffer.length { start += buffer[..<min(count, MediaSniffer.length - start.count)] }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        return (BlobReference(digest: "sha256:" + Hex.encode(hash.finalize()), size: size), start)
    }

    private static func size(_ descriptor: Int32) throws(UploadError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("stat") }
        return Int64(status.st_size)
    }

    private static func syncFolder(of path: String) throws(UploadError) {
        let folder = open(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system("open") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .system("fsync") }
    }
}
