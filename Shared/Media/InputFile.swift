import CLibAV
import Glibc

/// A local file behind the libraries' I/O interface. They never see a path, so no content can make them open another.
final class InputFile {
    let context: UnsafeMutablePointer<AVIOContext>
    /// Bytes.
    let size: Int64
    private let descriptor: Int32

    /// - Throws: `MediaError.io`, `.notMedia` for what is no regular file, `.empty` for a file without bytes.
    convenience init(path: String) throws(MediaError) {
        // Without O_NONBLOCK opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .io(-errno) }
        try self.init(taking: descriptor)
    }

    /// - Parameter descriptor: duplicated; it stays the caller's.
    convenience init(descriptor: Int32) throws(MediaError) {
        let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { throw .io(-errno) }
        try self.init(taking: own)
    }

    private init(taking descriptor: Int32) throws(MediaError) {
        do {
            size = try Self.size(of: descriptor)
            context = try FileCursor.makeContext(descriptor, isWriting: false, isCancellable: true)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        // A hint only.
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit {
        FileCursor.free(context)
        close(descriptor)
    }

    /// What really stands behind a failure of the libraries: the disk, or a cancelled task.
    func cause() -> MediaError? {
        let failure = FileCursor.of(context).failure
        return failure != 0 ? .io(failure) : Task.isCancelled ? .cancelled : nil
    }

    /// Some of the file's bytes, wherever the libraries are in it.
    /// - Returns: fewer than asked for at the end of the file; none outside of it.
    func bytes(at place: Int64, count: Int) -> [UInt8] {
        guard place >= 0, place < size else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(place)))
        }
    }

    private static func size(of descriptor: Int32) throws(MediaError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .io(-errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notMedia(avs_error_invalid_argument) }
        guard status.st_size > 0 else { throw .empty }
        return Int64(status.st_size)
    }
}
