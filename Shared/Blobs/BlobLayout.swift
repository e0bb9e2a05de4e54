import Glibc
import Primitives

/// Where things are in a local store:
///
///     objects/ab/abcdef…         the bytes, read-only, named by their hash
///     refs/audio/abcdef…/job_1   a hard link to the object for each holder
///     incoming/…                 blobs that are being written
///     .lock                      taken while links are counted
///     .usage                     bytes of all objects
///
/// The holders are hard links, so the file system's link count is the reference count: atomic, safe against crashes, and the
/// same for every process that shares the store.
struct BlobLayout: Sendable {
    let root: String

    var incoming: String { root + "/incoming" }
    var objects: String { root + "/objects" }
    var references: String { root + "/refs" }
    var lock: String { root + "/.lock" }
    var ledger: String { root + "/.usage" }

    func object(_ hex: String) -> String { "\(objects)/\(hex.prefix(2))/\(hex)" }
    func objectFolder(_ hex: String) -> String { "\(objects)/\(hex.prefix(2))" }
    func referenceFolder(_ hex: String, _ owner: BlobOwner) -> String { "\(references)/\(owner.service)/\(hex)" }
    func reference(_ hex: String, _ owner: BlobOwner) -> String { referenceFolder(hex, owner) + "/" + owner.id }

    /// The hexadecimal digits of a digest; strict, because they become a path.
    static func hex(_ digest: String) throws(BlobError) -> String {
        let digits = digest.dropFirst(7)
        guard digest.hasPrefix("sha256:"), digits.utf8.count == 64,
            digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { throw .invalidDigest(digest) }
        return String(digits)
    }

    /// Makes a folder and those above it, each durable.
    func makeFolder(_ path: String) throws(BlobError) {
        if mkdir(path, 0o755) == 0 {
            try syncFolder(parent(path))
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try makeFolder(parent(path))
            try makeFolder(path)
        default: throw .system("mkdir")
        }
    }

    func syncFolder(_ path: String) throws(BlobError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system("open") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .system("fsync") }
    }

    private func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
}
