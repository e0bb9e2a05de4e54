import Glibc
import Primitives
import Synchronization

/// The lock under which links and bytes are counted, across threads and processes, and the ledger of used bytes.
final class StoreLock: Sendable {
    private let layout: BlobLayout
    /// flock is per open file: threads of this process take turns here.
    private let threads = Mutex(())

    init(_ layout: BlobLayout) {
        self.layout = layout
    }

    /// Runs `body` while nobody else counts. Blocks the thread.
    func held<T>(_ body: () throws -> T) throws -> T {
        try threads.withLock { _ in
            let file = open(layout.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw BlobError.system("open") }
            defer { close(file) }
            while flock(file, LOCK_EX) != 0 {
                guard errno == EINTR else { throw BlobError.system("flock") }
            }
            return try body()
        }
    }

    /// Bytes of all objects, as last counted.
    func usedBytes() throws -> Int64 {
        let file = open(layout.ledger, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return try recount().bytes }
        defer { close(file) }
        var value: Int64 = 0
        guard read(file, &value, 8) == 8 else { return try recount().bytes }
        return value
    }

    /// Adds to the ledger; call it inside `held`. A crash in between is put right by the next sweep.
    func add(_ bytes: Int64) throws {
        try write(max(0, try usedBytes() + bytes))
    }

    /// Counts all objects anew and writes the ledger; call it inside `held`.
    @discardableResult
    func recount() throws -> (bytes: Int64, count: Int) {
        var (bytes, count) = (Int64(0), 0)
        try FolderWalk.files(in: layout.objects) { _, status in
            bytes += Int64(status.st_size)
            count += 1
        }
        try write(bytes)
        return (bytes, count)
    }

    private func write(_ value: Int64) throws {
        let file = open(layout.ledger, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BlobError.system("open") }
        defer { close(file) }
        var value = value
        guard pwrite(file, &value, 8, 0) == 8 else { throw BlobError.system("write") }
    }
}

/// Every regular file below a folder.
enum FolderWalk {
    static func files(in folder: String, _ body: (String, stat) throws -> Void) throws {
        guard let handle = opendir(folder) else {
            if errno == ENOENT { return }
            throw BlobError.system("opendir")
        }
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let path = folder + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try files(in: path, body)
            case S_IFREG: try body(path, status)
            default: continue
            }
        }
    }
}
