import FoundationEssentials
import Glibc
package import Primitives

/// A file system in memory of a given size, to be filled up; it goes with the last reference. Only root can mount it.
package final class SmallDisk: Sendable {
    /// Whether this process may mount one.
    package static var isAvailable: Bool { (try? SmallDisk(size: .kib(64))) != nil }

    private let folder: TemporaryFolder

    /// Where it is mounted.
    package var path: String { folder.path }

    /// - Throws: `TestFailure` when it can not be mounted.
    package init(size: ByteSize) throws {
        folder = try TemporaryFolder("disk")
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(size.bytes)") == 0 else {
            throw TestFailure(message: "tmpfs can not be mounted: error \(errno)")
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
    }

    /// Takes all space but some.
    /// - Parameter rest: bytes.
    package func fill(leaving rest: Int) throws {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw TestFailure(message: "statvfs: error \(errno)") }
        let ballast = [UInt8](repeating: 1, count: max(0, Int(status.f_bavail) * Int(status.f_frsize) - rest))
        try Data(ballast).write(to: URL(filePath: path + "/ballast"))
    }

    /// Gives back what `fill` took.
    package func makeRoom() {
        unlink(path + "/ballast")
    }
}
