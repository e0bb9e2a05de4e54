import FoundationEssentials
import Glibc
package import Primitives

/// What was ingested: a folder for each owner, in it one for each creator. Its calls block.
package struct Library: Sendable {
    private let root: String

    /// - Parameter root: the service's library folder.
    package init(_ root: String) { self.root = root }

    /// - Throws: `IngestError` when it can not be made.
    func folder(owner: String, creator: String) throws(IngestError) -> CreatorFolder {
        try CreatorFolder(path(owner) + "/" + creator)
    }

    /// The creators of an owner, by name.
    package func creators(owner: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(owner))) ?? []).filter(LibraryName.isGood).sorted()
    }

    /// - Returns: `nil` when there is no such creator.
    package func folder(owner: String, existing creator: String) -> CreatorFolder? {
        let path = path(owner) + "/" + creator
        var status = stat()
        guard LibraryName.isGood(creator), lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return CreatorFolder(existing: path)
    }

    /// - Returns: the path of a file that is there; `nil` when there is none.
    package func file(owner: String, creator: String, name: String) -> String? {
        guard let folder = folder(owner: owner, existing: creator), LibraryName.isGood(name) else { return nil }
        var status = stat()
        let path = folder.path + "/" + name
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? path : nil
    }

    /// - Returns: whether there was such a file.
    package func remove(owner: String, creator: String, name: String) -> Bool {
        file(owner: owner, creator: creator, name: name).map { unlink($0) == 0 } ?? false
    }

    /// - Returns: at most 1 MiB of a file; nothing at its end.
    package static func read(_ path: String, from place: Int64) throws -> Bytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw IngestError.system("open \(path)", errno) }
        defer { close(descriptor) }
        var count = 0
        let bytes = Bytes(unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
            count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(place))
            filled = max(0, count)
        }
        guard count >= 0 else { throw IngestError.system("read \(path)", errno) }
        return bytes
    }

    private func path(_ owner: String) -> String { root + "/" + LibraryName.folder(ofOwner: owner) }
}
