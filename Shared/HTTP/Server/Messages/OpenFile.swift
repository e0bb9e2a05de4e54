import CLinux
import Glibc
package import HTTP
import Primitives

/// A file open for reading, closed with its last reference.
package final class OpenFile: Sendable {
    let descriptor: Int32
    /// Bytes, when it was opened.
    package let size: Int64
    /// Changes when the file is replaced or written: size and modification time.
    let version: String

    /// - Throws: `Problem` 404 when there is no regular file of that name, 500 when the system refuses to open it.
    package init(path: String) throws(Problem) {
        let descriptor = avs_open_for_reading(path)
        guard descriptor >= 0 else {
            if [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(errno) { throw Self.notFound }
            Log("http").error(
                "a file cannot be opened", ["path": .string(path), "reason": .string(String(cString: strerror(errno)))])
            throw Problem(status: .internalServerError, code: "file-not-readable", "the file cannot be read now")
        }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Self.notFound
        }
        self.descriptor = descriptor
        size = Int64(information.st_size)
        let modified = UInt64(bitPattern: Int64(information.st_mtim.tv_sec)) &* 1_000_000_000 &+ UInt64(information.st_mtim.tv_nsec)
        version = String(modified, radix: 16) + "-" + String(size, radix: 16)
    }

    deinit {
        close(descriptor)
    }

    private static var notFound: Problem { Problem(status: .notFound, code: "file-not-found", "there is no such file") }
}

/// A range of a file's bytes, sent by the kernel without passing through the process.
package struct FilePart: Sendable {
    let file: OpenFile
    let range: Range<Int64>

    /// - Parameter range: within the file's size.
    package init(_ file: OpenFile, range: Range<Int64>) {
        self.file = file
        self.range = range.clamped(to: 0..<file.size)
    }
}
