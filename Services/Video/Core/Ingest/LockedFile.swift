import Glibc
import Primitives

/// An open file that this process alone writes as long as it is held; the lock goes with the process.
struct LockedFile: ~Copyable {
    let descriptor: Int32

    /// - Parameter waits: whether to wait for whoever holds it.
    /// - Returns: `nil` when somebody else holds it.
    /// - Throws: `IngestError`.
    init?(_ path: String, waits: Bool) throws(IngestError) {
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard file >= 0 else { throw .system("open \(path)", errno) }
            var result: Int32
            repeat { result = flock(file, waits ? LOCK_EX : LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
            guard result == 0 else {
                let number = errno
                close(file)
                if number == EWOULDBLOCK { return nil }
                throw .system("lock \(path)", number)
            }
            // Whoever held it may have moved the file away.
            var (own, named) = (stat(), stat())
            if fstat(file, &own) == 0, stat(path, &named) == 0, own.st_ino == named.st_ino, own.st_dev == named.st_dev {
                descriptor = file
                return
            }
            close(file)
        }
    }

    deinit { close(descriptor) }

    /// Bytes.
    var size: Int64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Writes at the end.
    func append(_ bytes: Bytes) throws(IngestError) {
        var (done, place) = (0, size)
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(place)) }
            guard count > 0 || count < 0 && errno == EINTR else { throw .system("write", count < 0 ? errno : ENOSPC) }
            done += max(0, count)
            place += Int64(max(0, count))
        }
    }

    func truncate() throws(IngestError) {
        guard ftruncate(descriptor, 0) == 0 else { throw .system("truncate", errno) }
    }

    func flush() throws(IngestError) {
        guard fdatasync(descriptor) == 0 else { throw .system("flush to disk", errno) }
    }

    /// Calls `body` with the bytes from a place on, piece by piece.
    func read(from start: Int64, _ body: (UnsafeRawBufferPointer) -> Void) throws(IngestError) {
        var (place, buffer) = (start, Bytes(repeating: 0, count: 1 << 20))
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(place))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system("read", errno) }
            guard count > 0 else { return }
            buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            place += Int64(count)
        }
    }
}
