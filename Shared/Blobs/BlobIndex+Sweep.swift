import Glibc

extension BlobIndex {
    /// What a survey of a shard found.
    struct Survey {
        var held = UsageLedger.Amount()
        var unheld: [(digest: BlobDigest, size: Int64)] = []
    }

    /// Counts a shard; to be called under the lock.
    func survey(shard: Int) throws(BlobError) -> Survey {
        var survey = Survey()
        let folder = layout.folder(shard: shard)
        for name in try Folder.entries(folder) {
            // Anything else that somebody has put there is left alone.
            guard let digest = BlobDigest(hex: name), let status = try Folder.status(layout.object(digest)) else { continue }
            let size = Int64(status.st_size)
            if try isHeld(digest, status) {
                survey.held = survey.held + UsageLedger.Amount(bytes: size, count: 1)
            } else {
                survey.unheld.append((digest, size))
            }
        }
        return survey
    }

    /// Removes objects that nobody holds, which crashes have left, and counts the rest. The lock is held for one shard at a
    /// time, so that others are not kept waiting for long.
    func sweepObjects(_ sweep: inout BlobSweep) throws(BlobError) {
        for shard in 0..<StoreLayout.shards {
            let removed = try lock.held { () throws(BlobError) -> [Int64] in
                let survey = try survey(shard: shard)
                for object in survey.unheld { try Folder.removeFile(layout.object(object.digest)) }
                try ledger.set(survey.held, shard: shard)
                return survey.unheld.map(\.size)
            }
            sweep.blobs += removed.count
            sweep.bytes += removed.reduce(0, +)
        }
    }

    /// Removes uploads whose writers are gone.
    /// - Parameter age: how long nothing must have been written.
    func sweepPartials(olderThan age: Duration, _ sweep: inout BlobSweep) throws(BlobError) {
        for name in try Folder.entries(layout.incoming) {
            let path = layout.incoming + "/" + name
            let file: OpenFile
            do throws(BlobError) {
                file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            } catch .io(_, ENOENT) {
                continue
            }
            let status = try file.status()
            let silence = Self.age(of: status.st_mtim)
            // A living writer holds the lock, however slow it is.
            guard silence >= age, file.tryLock() else { continue }
            guard try Folder.removeFile(path) else { continue }
            sweep.partials += 1
            sweep.bytes += Int64(status.st_size)
        }
    }

    /// The blobs that owners of a service hold.
    func digests(heldBy service: String) throws(BlobError) -> [BlobDigest] {
        let folder = layout.references(service: service)
        guard try Folder.status(folder) != nil else { return [] }
        return try Folder.entries(folder).compactMap(BlobDigest.init(hex:))
    }

    /// Who of a service holds a blob.
    /// - Parameter age: how long no hold must have been added to the blob or given up: making a link changes the object's
    ///   own time of change (link(2)), so that no hold is younger than that.
    func holds(of digest: BlobDigest, by service: String, olderThan age: Duration) throws(BlobError) -> [BlobHold] {
        let folder = layout.references(digest, service: service)
        guard try Folder.status(folder) != nil else { return [] }
        var holds: [BlobHold] = []
        for name in try Folder.entries(folder) {
            let owner = BlobOwner(service: service, id: name)
            guard let status = try Folder.status(layout.reference(digest, owner)), Self.age(of: status.st_ctim) >= age else {
                continue
            }
            holds.append(BlobHold(digest: digest, owner: owner))
        }
        return holds
    }

    private static func age(of moment: timespec) -> Duration {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return .seconds(now.tv_sec - moment.tv_sec) + .nanoseconds(now.tv_nsec - moment.tv_nsec)
    }
}

/// An owner's hold on a blob.
struct BlobHold: Sendable {
    let digest: BlobDigest
    let owner: BlobOwner
}
