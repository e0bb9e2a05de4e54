import Glibc
import Primitives

/// The objects of a store and who holds them, shared by all processes that open it. Every call may wait for the disk.
///
/// An owner's hold is a hard link of the object, so that the file system's link count is the number of holds, and a crash at
/// any point leaves a store that is right but for an object too many, which `sweep` removes.
final class BlobIndex: Sendable {
    let layout: StoreLayout
    let quota: ByteSize?
    let minimumFree: ByteSize
    let lock: StoreLock
    let ledger: UsageLedger

    /// Opens a store, making it when it is not there.
    init(root: String, quota: ByteSize?, minimumFree: ByteSize) throws(BlobError) {
        let layout = try StoreLayout(creating: root)
        (self.layout, self.quota, self.minimumFree) = (layout, quota, minimumFree)
        lock = try StoreLock(layout.lock)
        ledger = UsageLedger(layout.ledger)
        try lock.held { () throws(BlobError) in
            if try !ledger.isUsable() {
                var amounts: [UsageLedger.Amount] = []
                for shard in 0..<StoreLayout.shards { amounts.append(try survey(shard: shard).held) }
                try ledger.rewrite(amounts)
            }
        }
    }

    func exists(_ digest: BlobDigest) throws(BlobError) -> Bool {
        try Folder.status(layout.object(digest)) != nil
    }

    /// Makes a complete file an object, unless its content is there already, and holds it for an owner.
    /// - Parameter file: on disk, read-only, on the file system of the store.
    /// - Throws: `.quotaExceeded`, `.diskFull`, `.io` with EXDEV for a file on another file system; nothing is changed then.
    func add(_ file: borrowing OpenFile, _ reference: BlobReference, owner: BlobOwner) throws(BlobError) {
        let digest = try BlobDigest(reference.digest)
        let amount = UsageLedger.Amount(bytes: reference.size, count: 1)
        try lock.held { () throws(BlobError) in
            let isNew = try !exists(digest)
            if isNew {
                try checkRoom(for: reference.size, written: reference.size)
                try ledger.add(amount, shard: digest.shard)
            }
            do throws(BlobError) {
                if isNew { try file.link(to: layout.object(digest)) }
                try hold(digest, owner)
            } catch {
                if isNew { try remove(digest, amount) }
                throw error
            }
        }
        do throws(BlobError) {
            try syncNames(digest, owner)
        } catch {
            try release(digest, owner)
            throw error
        }
    }

    /// Holds an object for one more owner.
    /// - Throws: `.notFound`.
    func retain(_ digest: BlobDigest, _ owner: BlobOwner) throws(BlobError) {
        try lock.held { () throws(BlobError) in
            guard try exists(digest) else { throw .notFound(digest: digest.text) }
            try hold(digest, owner)
        }
        try syncNames(digest, owner)
    }

    /// Gives up an owner's hold; the last one takes the object along.
    func release(_ digest: BlobDigest, _ owner: BlobOwner) throws(BlobError) {
        try lock.held { () throws(BlobError) in
            guard try Folder.removeFile(layout.reference(digest, owner)) else { return }
            // Fails while other owners of the service are left.
            rmdir(layout.references(digest, service: owner.service))
            guard let status = try Folder.status(layout.object(digest)), try !isHeld(digest, status) else { return }
            try remove(digest, UsageLedger.Amount(bytes: Int64(status.st_size), count: 1))
        }
    }

    /// - Parameters:
    ///   - size: bytes that an object is to have.
    ///   - written: how many of them the disk holds already.
    /// - Throws: `.quotaExceeded`, `.diskFull`.
    func checkRoom(for size: Int64, written: Int64) throws(BlobError) {
        if let quota, try ledger.total().bytes + size > quota.bytes { throw .quotaExceeded(quota: quota) }
        guard try Folder.freeSpace(layout.root) - (size - written) >= minimumFree.bytes else { throw .diskFull }
    }

    /// Whether anybody holds an object.
    func isHeld(_ digest: BlobDigest, _ status: stat) throws(BlobError) -> Bool {
        if status.st_nlink > 1 { return true }
        // Holds beyond the file system's limit of links are not links.
        for service in try Folder.entries(layout.references) {
            if try Folder.status(layout.references(digest, service: service)) != nil { return true }
        }
        return false
    }

    func remove(_ digest: BlobDigest, _ amount: UsageLedger.Amount) throws(BlobError) {
        try Folder.removeFile(layout.object(digest))
        try ledger.add(UsageLedger.Amount(bytes: -amount.bytes, count: -amount.count), shard: digest.shard)
    }

    private func hold(_ digest: BlobDigest, _ owner: BlobOwner) throws(BlobError) {
        try Folder.make(layout.references(service: owner.service))
        let folder = layout.references(digest, service: owner.service)
        try Folder.make(folder)
        let reference = layout.reference(digest, owner)
        if link(layout.object(digest), reference) == 0 || errno == EEXIST { return }
        var number = errno
        if number == EMLINK {
            // ext4 allows 65,000 links: from then on an empty file stands for the hold.
            let descriptor = open(reference, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
            number = descriptor < 0 ? errno : 0
            if descriptor >= 0 { close(descriptor) }
        }
        guard number == 0 else {
            rmdir(folder)
            throw .system("hold \(digest.text)", number)
        }
    }

    /// Waits until an object's and a hold's names are on disk; also when another process has made them and not waited yet.
    private func syncNames(_ digest: BlobDigest, _ owner: BlobOwner) throws(BlobError) {
        try Folder.sync(layout.folder(shard: digest.shard))
        do throws(BlobError) {
            try Folder.sync(layout.references(digest, service: owner.service))
        } catch .io(_, ENOENT) {
            // Released again meanwhile.
            return
        }
        try Folder.sync(layout.references(service: owner.service))
        try Folder.sync(layout.references)
    }
}
