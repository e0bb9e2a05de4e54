import Glibc

/// What changes when a file is written or replaced.
package struct FileStamp: Equatable, Sendable {
    private let inode: UInt
    private let size: Int
    private let modified: Int64

    /// - Parameter path: of a file that may be missing.
    package init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            (inode, size, modified) = (0, -1, 0)
            return
        }
        inode = status.st_ino
        size = status.st_size
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
