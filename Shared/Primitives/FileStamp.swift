import Glibc

/// What changes when a file is written or replaced.
package struct FileStamp: Equatable, Sendable {
    private let inode: UInt
    private let size: Int
    /// When its content, or what else is known of it, was changed: who may read it is a part of that.
    private let changed: Int64

    /// - Parameter path: of a file that may be missing.
    package init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            (inode, size, changed) = (0, -1, 0)
            return
        }
        inode = status.st_ino
        size = status.st_size
        // Every change of the content sets this one too, and none can be set back.
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }
}
