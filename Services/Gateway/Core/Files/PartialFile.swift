import Glibc
import Primitives

/// The file that an upload grows in. Its calls block.
final class PartialFile: Sendable {
    private let descriptor: Int32

    /// Opens the file and cuts off what lies past the bytes that are known to be safe.
    /// - Throws: `UploadError`.
    init(_ path: String, size: Int64) throws(UploadError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open") }
        guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(size) else {
            let error = UploadError.system("truncate")
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

    /// The first bytes.
    func start(_ count: Int) throws(UploadError) -> Bytes {
        var buffer = Bytes(repeating: 0, count: count)
        let read = pread(descriptor, &buffer, count, 0)
        guard read >= 0 else { throw .system("read") }
        return Bytes(buffer[..<read])
    }
}

/// The disk refused an upload's bytes.
struct UploadError: CodedError {
    let code: String
    let message: String
    var isRetriable: Bool { true }

    static func system(_ operation: String) -> UploadError {
        let number = errno
        return number == ENOSPC || number == EDQUOT
            ? UploadError(code: "disk-full", message: "the disk is full; the upload can go on when there is room")
            : UploadError(code: "upload-io", message: "\(operation) failed for an upload: error \(number)")
    }
}
