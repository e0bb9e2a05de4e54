import Cryptography
import FoundationEssentials
import Glibc
import Primitives

/// The part of a file that has come so far. It stays when the process is killed; the next one goes on behind it. Its calls block.
final class PartialFile: Sendable {
    static let folderName = ".partial"

    /// What tells whether the server still has the same content.
    struct Source: Sendable, Codable, Equatable {
        var url: String
        /// A strong entity tag or a date, as `If-Range` takes it (RFC 9110, section 13.1.5); `nil` when the server gives neither.
        var validator: String?
        var mediaType: String?
    }

    private let path: String
    private let file: LockedFile

    /// - Parameter folder: the creator's.
    /// - Returns: `nil` when somebody else fetches the same.
    /// - Throws: `IngestError`.
    init?(url: String, in folder: String) throws(IngestError) {
        let parent = folder + "/" + Self.folderName
        _ = mkdir(parent, 0o755)
        path = parent + "/" + Hex.encode(SHA256.hash(Array(url.utf8))).prefix(40)
        guard let file = try LockedFile(path, waits: false) else { return nil }
        self.file = file
    }

    var size: Int64 { file.size }

    /// Where what is here came from; `nil` when nothing is known.
    var source: Source? {
        FileManager.default.contents(atPath: path + ".json").flatMap { try? JSON.decode(Source.self, from: Bytes($0)) }
    }

    /// Begins anew.
    func restart(_ source: Source) throws(IngestError) {
        try file.truncate()
        do {
            try Data(JSON.encode(source)).write(to: URL(filePath: path + ".json"), options: .atomic)
        } catch {
            throw errno == ENOSPC ? .diskFull : .system("write \(path).json", errno)
        }
    }

    func append(_ bytes: Bytes) throws(IngestError) { try file.append(bytes) }

    /// Takes over what a file holds.
    func take(_ other: String, from source: Source) throws(IngestError) {
        try restart(source)
        let from = open(other, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard from >= 0 else { throw .system("open \(other)", errno) }
        defer { close(from) }
        var status = stat()
        guard fstat(from, &status) == 0, Int64(status.st_size) < room else { throw .diskFull }
        var buffer = Bytes(repeating: 0, count: 1 << 20)
        while true {
            let count = read(from, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system("read \(other)", errno) }
            guard count > 0 else { return }
            try file.append(Bytes(buffer[..<count]))
        }
    }

    /// - Returns: the SHA-256 of it all in hexadecimal digits.
    func digest() throws(IngestError) -> String {
        var hash = SHA256()
        try file.read(from: 0) { hash.update($0) }
        return Hex.encode(hash.finalize())
    }

    /// Makes it a file in its own right.
    func move(to target: String) throws(IngestError) {
        try file.flush()
        guard rename(path, target) == 0 else { throw .system("rename", errno) }
        unlink(path + ".json")
    }

    func remove() { Self.remove(path) }

    /// To be called with the lock, which goes with the file: whoever comes next begins with neither.
    private static func remove(_ path: String) {
        unlink(path + ".json")
        unlink(path)
    }

    /// Removes what nobody holds and nobody has written to since a time.
    /// - Parameter folder: the creator's.
    static func removeStale(in folder: String, before limit: Timestamp) {
        let parent = folder + "/" + folderName
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where !name.hasSuffix(".json") {
            let path = parent + "/" + name
            guard isStale(path, limit), let file = try? LockedFile(path, waits: false) else { continue }
            // Whoever held it may have written.
            if isStale(path, limit) || file.size == 0 { remove(path) }
        }
    }

    private static func isStale(_ path: String, _ limit: Timestamp) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && Int64(status.st_mtim.tv_sec) * 1000 < limit.milliseconds
    }

    /// Bytes that the disk has left for it.
    var room: Int64 {
        var status = statvfs()
        return fstatvfs(file.descriptor, &status) == 0 ? Int64(status.f_bavail) * Int64(status.f_frsize) : .max
    }
}
