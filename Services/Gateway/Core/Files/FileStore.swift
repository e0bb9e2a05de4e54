package import Blobs
package import Contracts
package import Persistence
package import Primitives

/// The studio's files: rows that give blobs a name and an owner.
///
/// A blob is held before its row is committed and let go after its row is deleted, so a crash in between leaves at most a blob
/// too many. Which blobs are to be let go is written down with the deletion, and `sweep` lets them go.
package final class FileStore: Sendable {
    package static let service = "gateway"
    package static let migrations = [
        Migration(
            id: "files-1",
            sql: """
                CREATE TABLE file (
                    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, digest TEXT NOT NULL,
                    size INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER, origin TEXT NOT NULL, key TEXT UNIQUE
                ) STRICT;
                CREATE INDEX file_by_owner ON file(owner, id);
                CREATE INDEX file_by_expiry ON file(expires) WHERE expires IS NOT NULL;
                CREATE TABLE releasing (file TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT
                """),
        FileUsage.migration,
    ]
    static let sweepStep = 500

    static let log = Log("gateway.files")
    let database: Database
    package let blobs: any BlobStore
    package let limits: FileLimits
    let tell: @Sendable (FileChange, Connection) throws -> Void

    /// - Parameter tell: hears of each change, inside its transaction.
    package init(
        _ database: Database, blobs: any BlobStore, limits: FileLimits,
        tell: @escaping @Sendable (FileChange, Connection) throws -> Void = { _, _ in }
    ) {
        (self.database, self.blobs, self.limits, self.tell) = (database, blobs, limits, tell)
    }

    /// Stores bytes as a file.
    /// - Parameters:
    ///   - name: checked here.
    ///   - digest: `sha256:…` that the bytes must have, if known.
    ///   - size: how many bytes will come, if known: what can not fit is refused before they do.
    ///   - next: gives the bytes piece by piece; `nil` at the end.
    /// - Throws: `GatewayError`: `.fileName`, `.tooLarge`, `.digestMismatch`, quotas; `BlobError`; nothing is left then.
    package func store(
        name: String, owner: String, expecting digest: String?, size: Int64? = nil, _ next: () async throws -> Bytes?
    ) async throws -> StoredFile {
        let name = try FileName.checked(name)
        try checkSize(size ?? 0)
        try await checkQuota(owner, adding: size ?? 0)
        let writer = try await blobs.writer()
        let id = Identifier.make("file")
        do {
            var (start, size) = (Bytes(), Int64(0))
            while let bytes = try await next() {
                size += Int64(bytes.count)
                try checkSize(size)
                if start.count < MediaSniffer.length { start += bytes.prefix(MediaSniffer.length - start.count) }
                try await writer.append(bytes)
            }
            let blob = try await writer.commit(expecting: digest, owner: holder(id))
            return try await insertOrLetGo(id, name, owner, MediaSniffer.mediaType(of: start), blob, origin: "upload", key: nil)
        } catch {
            await writer.abort()
            if case BlobError.digestMismatch(let expected, let actual) = error {
                throw GatewayError.digestMismatch(expected: expected, actual: actual)
            }
            throw error
        }
    }

    /// Makes a finished file on disk, which must be on the blob store's machine, a file of the owner; the file on disk goes.
    ///
    /// It can be repeated with the same identifier until it succeeds: once the blob store has the bytes, it keeps them for that.
    /// - Parameters:
    ///   - id: of the new file.
    ///   - blob: what the file on disk holds.
    /// - Throws: `GatewayError` for quotas, `BlobError`; `UploadError.lost` when neither the disk nor the blob store has the bytes.
    func adopt(id: String, path: String, blob: BlobReference, mediaType: String, name: String, owner: String) async throws
        -> StoredFile
    {
        if let file = try await find(id: id) { return file }
        do {
            let adopted = try await blobs.adopt(file: path, owner: holder(id))
            guard adopted == blob else {
                await letGo(id, adopted.digest)
                throw UploadError.lost
            }
        } catch BlobError.notAFile {
            // An earlier attempt has taken it.
            do {
                try await blobs.retain(blob.digest, owner: holder(id))
            } catch BlobError.notFound {
                throw UploadError.lost
            }
        }
        return try await insert(id, name, owner, mediaType, blob, origin: "upload", key: nil)
    }

    /// Makes a blob that another service stored a file. The same key gives the same file.
    /// - Throws: `GatewayError` for quotas and names, `BlobError.notFound`.
    package func register(_ request: JobFile, owner: String, key: String, origin: String) async throws -> StoredFile {
        if let earlier = try await find(key: key) { return earlier }
        let name = try FileName.checked(request.name)
        let id = Identifier.make("file")
        try await blobs.retain(request.digest, owner: holder(id))
        let blob = BlobReference(digest: request.digest, size: request.size)
        do {
            return try await insertOrLetGo(id, name, owner, request.mediaType, blob, origin: origin, key: key)
        } catch let error as DatabaseError where error.reason == .constraint {
            // Somebody else registered the key meanwhile.
            guard let earlier = try await find(key: key) else { throw error }
            return earlier
        }
    }

    /// Takes back what `register` made under a key; does nothing when there is nothing.
    package func unregister(key: String, owner: String) async throws {
        guard let file = try await find(key: key), file.owner == owner else { return }
        try await delete([file])
    }

    /// - Throws: `GatewayError.fileNotFound`, also for another owner's.
    package func find(_ id: String, for principal: Principal) async throws -> StoredFile {
        try await find(id, owner: principal.owner, isAdministrator: principal.isAdministrator)
    }

    /// - Throws: `GatewayError.fileNotFound`, also for another owner's and for expired ones.
    package func find(_ id: String, owner: String, isAdministrator: Bool) async throws -> StoredFile {
        guard let file = try await find(id: id), isAdministrator || file.owner == owner else { throw GatewayError.fileNotFound }
        guard file.expires.map({ $0 > .now() }) ?? true else { throw GatewayError.fileNotFound }
        return file
    }

    /// One page, newest first: the principal's files, everybody's for an administrator.
    /// - Parameters:
    ///   - cursor: the identifier that the page before ended with.
    ///   - limit: 1 to 500.
    package func page(for principal: Principal, before cursor: String?, limit: Int) async throws -> [StoredFile] {
        let owner = principal.isAdministrator ? nil : principal.owner
        let now = Timestamp.now()
        return try await database.read { connection in
            try connection.query(
                """
                SELECT * FROM file
                WHERE \(owner == nil ? "" : "owner = ?1 AND") id < ifnull(?2, '~') AND (expires IS NULL OR expires > ?4)
                ORDER BY id DESC LIMIT ?3
                """, owner, cursor, min(max(limit, 1), 500), now, map: StoredFile.init)
        }
    }

    /// - Throws: `GatewayError.fileNotFound`, also for another owner's.
    package func delete(_ id: String, for principal: Principal) async throws {
        let file = try await find(id, for: principal)
        try await delete([file])
    }

    /// - Throws: `GatewayError.ownerQuota`, `.fileCount`.
    private func checkQuota(_ owner: String, adding bytes: Int64) async throws {
        try limits.check(try await database.read { try FileUsage.of(owner, on: $0) }, adding: bytes)
    }

    private func checkSize(_ bytes: Int64) throws(GatewayError) {
        guard bytes <= limits.file.bytes else { throw .tooLarge(limit: limits.file) }
    }

    private func insertOrLetGo(
        _ id: String, _ name: String, _ owner: String, _ mediaType: String, _ blob: BlobReference, origin: String, key: String?
    ) async throws -> StoredFile {
        do {
            return try await insert(id, name, owner, mediaType, blob, origin: origin, key: key)
        } catch {
            await letGo(id, blob.digest)
            throw error
        }
    }

    private func insert(
        _ id: String, _ name: String, _ owner: String, _ mediaType: String, _ blob: BlobReference, origin: String, key: String?
    ) async throws -> StoredFile {
        let now = Timestamp.now()
        let limits = limits
        let file = StoredFile(
            id: id, owner: owner, name: name, mediaType: mediaType, digest: blob.digest, size: blob.size, created: now,
            expires: limits.retention.map(now.advanced(by:)), origin: origin)
        try await database.write { [tell] connection in
            try limits.check(FileUsage.of(owner, on: connection), adding: blob.size)
            try connection.execute(
                "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, owner, name, mediaType, blob.digest, blob.size,
                file.created,
                file.expires, origin, key)
            try tell(FileChange(kind: .created, file: file), connection)
        }
        return file
    }

    /// Lets go of a blob that got no row; the reason why it got none is what the caller shall hear.
    func letGo(_ file: String, _ digest: String) async {
        do {
            try await blobs.release(digest, owner: holder(file))
        } catch {
            Self.log.error(
                "a blob without a file remains", ["file": .string(file), "digest": .string(digest), "error": .string("\(error)")])
        }
    }

    func find(id: String) async throws -> StoredFile? {
        try await database.read { try $0.first("SELECT * FROM file WHERE id = ?", id, map: StoredFile.init) }
    }

    private func find(key: String) async throws -> StoredFile? {
        try await database.read { try $0.first("SELECT * FROM file WHERE key = ?", key, map: StoredFile.init) }
    }

    func holder(_ id: String) -> BlobOwner { BlobOwner(service: Self.service, id: id) }
}
