import FoundationEssentials
import Glibc

/// A file system in memory of a given size, to be filled up. Only root can mount it.
final class SmallDisk: Sendable {
    static var isAvailable: Bool { (try? SmallDisk(kibibytes: 64)) != nil }

    private let scratch: Scratch
    var path: String { scratch.path }

    init(kibibytes: Int) throws {
        scratch = try Scratch()
        guard mount("tmpfs", scratch.path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            throw TestFailure(message: "tmpfs can not be mounted: error \(errno)")
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
    }

    /// Takes all space but some.
    /// - Parameter rest: bytes.
    func fill(leaving rest: Int) throws {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw TestFailure(message: "statvfs: error \(errno)") }
        let ballast = [UInt8](repeating: 1, count: max(0, Int(status.f_bavail) * Int(status.f_frsize) - rest))
        try Data(ballast).write(to: URL(filePath: path + "/ballast"))
    }

    func makeRoom() {
        unlink(path + "/ballast")
    }
}
