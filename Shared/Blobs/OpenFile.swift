import Glibc

/// An open file, closed when it goes out of use.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    /// Opens what is there.
    /// - Parameter flags: O_CLOEXEC is added.
    init(_ path: String, _ flags: Int32) throws(BlobError) {
        descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open \(path)") }
    }

    /// Opens a file that may have to be made.
    init(_ path: String, _ flags: Int32, mode: mode_t) throws(BlobError) {
        descriptor = open(path, flags | O_CREAT | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system("create \(path)") }
    }

    deinit {
        close(descriptor)
    }

    func status() throws(BlobError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("look at a file") }
        return status
    }

    /// Writes all bytes where the file ends.
    func write(_ bytes: [UInt8]) throws(BlobError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .system("write") }
            offset += written
        }
    }

    /// Reads up to `count` bytes.
    /// - Returns: fewer at the end of the file, none after it.
    func read(_ count: Int, at offset: Int64) throws(BlobError) -> [UInt8] {
        var bytes: [UInt8] = []
        var number: Int32 = 0
        bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + filled)
                if part < 0 && errno == EINTR { continue }
                if part < 0 { number = errno }
                guard part > 0 else { return }
                filled += part
            }
        }
        guard number == 0 else { throw .system("read", number) }
        return bytes
    }

    /// Waits until content and size are on disk.
    func sync() throws(BlobError) {
        guard fsync(descriptor) == 0 else { throw .system("flush to disk") }
    }

    func setMode(_ mode: mode_t) throws(BlobError) {
        guard fchmod(descriptor, mode) == 0 else { throw .system("change permissions") }
    }

    /// Gives this very file a further name, whatever lies under its present one by now.
    func link(to path: String) throws(BlobError) {
        guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else {
            throw .system("link \(path)")
        }
    }

    /// - Returns: whether the lock could be had at once. It ends with the file being closed, or its process.
    func tryLock() -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    func unlock() {
        flock(descriptor, LOCK_UN)
    }
}
