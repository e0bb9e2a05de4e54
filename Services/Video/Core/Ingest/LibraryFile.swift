import Glibc
package import Primitives

/// A file of the library that is read piece by piece; it stays the same one should its name go to another. Its calls block.
package final class LibraryFile: Sendable {
    private static let piece = 1 << 20
    private let path: String
    private let descriptor: Int32

    /// - Throws: `IngestError` when it can not be opened.
    package init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw IngestError.system("open \(path)", errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Parameter place: bytes from the beginning.
    /// - Returns: at most 1 MiB; nothing at its end.
    /// - Throws: `IngestError` when it can not be read.
    package func read(from place: Int64) throws -> Bytes {
        var count = 0
        let bytes = Bytes(unsafeUninitializedCapacity: Self.piece) { buffer, filled in
            repeat { count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(place)) } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        guard count >= 0 else { throw IngestError.system("read \(path)", errno) }
        return bytes
    }
}
