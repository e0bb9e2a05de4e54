import Foundation
import TestSupport

/// A file system in memory of a given size, to be filled up.
final class SmallDisk: Sendable {
    let path: String

    init(megabytes: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw TestStudio.Failure(message: "tmpfs can not be mounted: error \(errno)")
        }
    }

    /// Takes all space but some.
    func fill(leaving rest: Int) throws {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw TestStudio.Failure(message: "statvfs: error \(errno)") }
        let size = Int(status.f_bavail) * Int(status.f_frsize) - rest
        guard FileManager.default.createFile(atPath: path + "/ballast", contents: Data(count: max(0, size))) else {
            throw TestStudio.Failure(message: "the ballast can not be written")
        }
    }

    func free() {
        unlink(path + "/ballast")
    }

    func unmount() {
        umount2(path, 2)  // MNT_DETACH
        rmdir(path)
    }
}
