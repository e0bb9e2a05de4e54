package import Blobs
package import Contracts
package import Persistence
package import Primitives

/// What owners may keep.
package struct FileLimits: Sendable {
    /// Most bytes of one file.
    package var file: ByteSize
    /// Most bytes of one owner.
    package var owner: ByteSize
    /// Most files of one owner.
    package var count: Int
    /// How long files are kept; `nil` for ever.
    package var retention: Duration?

    package init(file: ByteSize = .gib(16), owner: ByteSize = .gib(256), count: Int = 1_000_000, retention: Duration? = nil) {
        (self.file, self.owner, self.count, self.retention) = (file, owner, count, retention)
    }
}

/// The studio's files: rows that give blobs a name and an owner.
///
/// A blob is held before its row is committed and let go after its row is deleted, so a crash in between leaves at most a blob
/// too many, which `reconcile` finds.
package final class FileStore: Sendable {
    package static let service = "gateway"
    package static let migration = Migration(
        id: "files-1",
        sql: """
            CREATE TABLE file (
                id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, digest TEXT NOT NULL,
                size INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER, origin TEXT NOT NULL, key TEXT UNIQUE
            ) STRICT;
            CREATE INDEX file_by_owner ON file(owner, id);
            CREATE INDEX file_by_expiry ON file(expires) WHERE expires IS NOT NULL;
            CREATE TABLE releasing (file TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT
            """)

    private static let log = Log("gateway.files")
    private let database: Database
    package let blobs: any BlobStore
    package let limits: FileLimits

    package init(_ database: Database, blobs: any BlobStore, limits: FileLimits) {
        (self.database, self.blobs, self.limits) = (database, blobs, limits)
    }

    /// Stores bytes as a file.
    /// - Parameters:
    ///   - name: checked here.
    ///   - digest: `sha256:…` that the bytes must have, if known.
    ///   - next: gives the bytes piece by piece; `nil` at the end.
    /// - Throws: `GatewayError`, `BlobError`; nothing is left then.
    package func store(
        name: String, owner: String, expecting digest: String?, _ next: () async throws -> Bytes?
    ) async throws -> StoredFile {
        let name = try FileName.checked(name)
        try await checkQuota(owner, adding: 0)
        let writer = try await blobs.writer()
        let id = Identifier.make("file")
        do {
            var (start, size) = (Bytes(), Int64(0))
            while let bytes = try await next() {
                size += Int64(bytes.count)
                guard size <= limits.file.bytes else { throw GatewayError.tooLarge(limit: limits.file) }
                if start.count < MediaSniffer.length { start += bytes.prefix(MediaSniffer.length - start.count) }
                try await writer.append(bytes)
            }
            let blob = try await writer.commit(expecting: digest, owner: holder(id))
            return try await insert(id, name, owner, MediaSniffer.mediaType(of: start), blob, origin: "upload", key: nil)
        } catch {
            await writer.abort()
            throw error
        }
    }

    /// Makes a finished file on disk, which must be on the blob store's machine, a file of the owner.
    package func adopt(path: String, start: Bytes, name: String, owner: String) async throws -> StoredFile {
        let id = Identifier.make("file")
        let blob = try await blobs.adopt(file: path, owner: holder(id))
        return try await insert(id, name, owner, MediaSniffer.mediaType(of: start), blob, origin: "upload", key: nil)
    }

    /// Makes a blob that another service stored a file. The same key gives the same file.
    /// - Throws: `GatewayError` for quotas and names, `BlobError.notFound`.
    package func register(_ request: JobFile, owner: String, key: String, origin: String) async throws -> StoredFile {
        if let earlier = try await find(key: key) { return earlier }
        let id = Identifier.make("file")
        try await blobs.retain(request.digest, owner: holder(id))
        let blob = BlobReference(digest: request.digest, size: request.size)
        do {
            return try await insert(
                id, FileName.checked(request.name), owner, request.mediaType, blob, origin: origin, key: key)
        } catch let error as DatabaseError where error.reason == .constraint {
            // Somebody else registered the key meanwhile.
            guard let earlier = try await find(key: key) else { throw error }
            return earlier
        }
    }

    /// - Throws: `GatewayError.fileNotFound`, also for another owner's.
    package func find(_ id: String, for principal: Principal) async throws -> StoredFile {
        try await find(id, owner: principal.owner, isAdministrator: principal.isAdministrator)
    }

    /// - Throws: `GatewayError.fileNotFound`, also for another owner's.
    package func find(_ id: String, owner: String, isAdministrator: Bool) async throws -> StoredFile {
        let file = try await database.read { try $0.first("SELECT * FROM file WHERE id = ?", id, map: Self.file) }
        guard let file, isAdministrator || file.owner == owner else { throw GatewayError.fileNotFound }
        return file
    }

    /// One page, newest first.
    package func page(for principal: Principal, before cursor: String?, limit: Int) async throws -> [StoredFile] {
        let owner = principal.isAdministrator ? nil : principal.owner
        return try await database.read { connection in
            try connection.query(
                "SELECT * FROM file WHERE (?1 IS NULL OR owner = ?1) AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3", owner, cursor,
                min(max(limit, 1), 500), map: Self.file)
        }
    }

    /// - Throws: `GatewayError.fileNotFound`, also for another owner's.
    package func delete(_ id: String, for principal: Principal) async throws {
        let file = try await find(id, for: principal)
        try await delete([file])
    }

    /// Deletes files past their time and lets go of blobs whose rows are gone.
    package func sweep() async throws {
        let expired = try await database.read { connection in
            try connection.query("SELECT * FROM file WHERE expires < ? LIMIT 500", Timestamp.now(), map: Self.file)
        }
        try await delete(expired)
        for (file, digest) in try await database.read({ connection in
            try connection.query("SELECT * FROM releasing") { (try $0.text("file"), try $0.text("digest")) }
        }) {
            try await release(file, digest)
        }
    }

    /// - Throws: `GatewayError.ownerQuota`, `.fileCount`.
    package func checkQuota(_ owner: String, adding bytes: Int64) async throws {
        let used = try await database.read { try Self.used(owner, on: $0) }
        try check(used, adding: bytes)
    }

    private func insert(
        _ id: String, _ name: String, _ owner: String, _ mediaType: String, _ blob: BlobReference, origin: String, key: String?
    ) async throws -> StoredFile {
        let now = Timestamp.now()
        let file = StoredFile(
            id: id, owner: owner, name: name, mediaType: mediaType, digest: blob.digest, size: blob.size, created: now,
            expires: limits.retention.map(now.advanced(by:)), origin: origin)
        do {
            try await database.write { connection in
                try self.check(Self.used(owner, on: connection), adding: blob.size)
                try connection.execute(
                    "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, owner, name, mediaType, blob.digest, blob.size, file.created,
                    file.expires, origin, key)
            }
        } catch {
            try await blobs.release(blob.digest, owner: holder(id))
            throw error
        }
        return file
    }

    private func delete(_ files: [StoredFile]) async throws {
        guard !files.isEmpty else { return }
        try await database.write { connection in
            for file in files {
                try connection.execute("DELETE FROM file WHERE id = ?", file.id)
                try connection.execute("INSERT OR IGNORE INTO releasing VALUES (?, ?)", file.id, file.digest)
            }
        }
        for file in files { try await release(file.id, file.digest) }
    }

    private func release(_ file: String, _ digest: String) async throws {
        try await blobs.release(digest, owner: holder(file))
        try await database.write { try $0.execute("DELETE FROM releasing WHERE file = ?", file) }
    }

    private func find(key: String) async throws -> StoredFile? {
        try await database.read { try $0.first("SELECT * FROM file WHERE key = ?", key, map: Self.file) }
    }

    private func check(_ used: (bytes: Int64, count: Int), adding bytes: Int64) throws(GatewayError) {
        guard used.bytes + bytes <= limits.owner.bytes else { throw .ownerQuota(limit: limits.owner) }
        guard used.count < limits.count else { throw .fileCount(limit: limits.count) }
    }

    private static func used(_ owner: String, on connection: Connection) throws -> (bytes: Int64, count: Int) {
        try connection.first("SELECT coalesce(sum(size), 0) AS bytes, count(*) AS n FROM file WHERE owner = ?", owner) {
            (try $0.integer("bytes"), Int(try $0.integer("n")))
        } ?? (0, 0)
    }

    private func holder(_ id: String) -> BlobOwner { BlobOwner(service: Self.service, id: id) }

    private static func file(_ row: Row) throws -> StoredFile {
        StoredFile(
            id: try row.text("id"), owner: try row.text("owner"), name: try row.text("name"), mediaType: try row.text("media_type"),
            digest: try row.text("digest"), size: try row.integer("size"), created: try row.timestamp("created"),
            expires: try row.optionalTimestamp("expires"), origin: try row.text("origin"))
    }
}
