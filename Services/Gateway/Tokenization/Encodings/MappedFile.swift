import CLinux
import Glibc

/// A file mapped into memory for reading. Its pages are shared by all that map it, and read when they are touched.
struct MappedFile: ~Copyable, Sendable {
    // Never written, and good until deinit.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    /// - Throws: `TokenizationError.unreadable`, `damaged` for an empty file.
    init(path: String) throws(TokenizationError) {
        let descriptor = avs_open_for_reading(path)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is no file")
        }
        guard status.st_size > 0 else { throw .damaged(path: path, reason: "it is empty") }
        let size = Int(status.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
