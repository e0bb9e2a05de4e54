import Glibc
import Primitives

/// Where everything lies below the root of a store.
///
///     objects/ab/<hex>             the blobs, read-only
///     refs/<service>/<hex>/<id>    one hard link of a blob for each owner
///     incoming/<name>              uploads under way, locked by their writers
///     usage                        the ledger
///     .lock                        held by whoever changes objects, refs or ledger
struct StoreLayout: Sendable {
    let root: String

    /// Makes the folders that are missing.
    init(creating path: String) throws(BlobError) {
        for (index, character) in path.enumerated() where character == "/" && index > 0 {
            try Folder.make(String(path.prefix(index)))
        }
        try Folder.make(path)
        guard let resolved = realpath(path, nil) else { throw .system("find \(path)") }
        root = String(cString: resolved)
        free(resolved)
        for folder in ["objects", "refs", "incoming"] { try Folder.make(root + "/" + folder) }
        for shard in 0..<Self.shards { try Folder.make(folder(shard: shard)) }
        try Folder.sync(root + "/objects")
        try Folder.sync(root)
    }

    /// Folders that the objects are spread over.
    static let shards = 256

    var lock: String { root + "/.lock" }
    var ledger: String { root + "/usage" }
    var incoming: String { root + "/incoming" }
    var references: String { root + "/refs" }

    func folder(shard: Int) -> String {
        root + "/objects/" + (shard < 16 ? "0" : "") + String(shard, radix: 16)
    }

    func object(_ digest: BlobDigest) -> String { folder(shard: digest.shard) + "/" + digest.hex }
    func references(service: String) -> String { references + "/" + service }
    func references(_ digest: BlobDigest, service: String) -> String { references(service: service) + "/" + digest.hex }
    func reference(_ digest: BlobDigest, _ owner: BlobOwner) -> String {
        references(digest, service: owner.service) + "/" + owner.id
    }

    /// A new name for an upload.
    func newPartial() -> String { incoming + "/" + Identifier.make("upload") }
}
