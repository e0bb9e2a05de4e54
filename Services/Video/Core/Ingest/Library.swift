import FoundationEssentials
import Glibc
import Primitives

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

    /// Removes what has come in part and nobody has gone on with since a time.
    func removeStalePartials(owner: String, before limit: Timestamp) {
        for creator in creators(owner: owner) { PartialFile.removeStale(in: path(owner) + "/" + creator, before: limit) }
    }

    private func path(_ owner: String) -> String { root + "/" + LibraryName.folder(ofOwner: owner) }
}
