import Glibc

/// Operations on folders.
enum Folder {
    /// Makes a folder.
    /// - Returns: false when it was there.
    @discardableResult
    static func make(_ path: String) throws(BlobError) -> Bool {
        if mkdir(path, 0o755) == 0 { return true }
        guard errno == EEXIST else { throw .system("make the folder \(path)") }
        return false
    }

    /// The names in a folder.
    static func entries(_ path: String) throws(BlobError) -> [String] {
        guard let folder = opendir(path) else { throw .system("list \(path)") }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw .system("list \(path)") }
        return names
    }

    /// Waits until the names in a folder are on disk.
    static func sync(_ path: String) throws(BlobError) {
        try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
    }

    /// What lies under a path, without following a symbolic link.
    /// - Returns: `nil` when nothing does.
    static func status(_ path: String) throws(BlobError) -> stat? {
        var status = stat()
        if lstat(path, &status) == 0 { return status }
        guard errno == ENOENT || errno == ENOTDIR else { throw .system("look at \(path)") }
        return nil
    }

    /// Removes a file.
    /// - Returns: false when there was none.
    @discardableResult
    static func removeFile(_ path: String) throws(BlobError) -> Bool {
        if unlink(path) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw .system("remove \(path)") }
        return false
    }

    /// Bytes that the file system of a path can still take.
    static func freeSpace(_ path: String) throws(BlobError) -> Int64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw .system("look at the disk of \(path)") }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
