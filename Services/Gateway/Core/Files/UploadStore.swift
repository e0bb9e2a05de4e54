import Blobs
package import Contracts
import FoundationEssentials
import Glibc
package import Persistence
package import Primitives
import Synchronization

/// Resumable uploads (tus 1.0): the bytes in a partial file each, how many of them are safe in the database.
///
/// An upload that is complete becomes a file in steps that can be repeated: what it holds is written down, the blob store takes
/// the partial file, the file's row is written under an identifier made from the upload's, the upload learns of it. A crash
/// anywhere in between is put right by `sweep`.
package final class UploadStore: Sendable {
    package static let migrations = [
        Migration(
            id: "uploads-1",
            sql: """
                CREATE TABLE upload (
                    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, length INTEGER NOT NULL, position INTEGER NOT NULL,
                    expires INTEGER NOT NULL, file TEXT
                ) STRICT
                """),
        Migration(
            id: "uploads-2",
            sql:
                "CREATE INDEX upload_open ON upload(owner, length) WHERE file IS NULL; CREATE INDEX upload_by_expiry ON upload(expires)"
        ),
        Migration(
            id: "uploads-3", sql: "ALTER TABLE upload ADD COLUMN digest TEXT; ALTER TABLE upload ADD COLUMN media_type TEXT"),
    ]
    /// How long an upload may rest.
    package static let lifetime = Duration.hours(24)
    /// Uploads under way that one owner may have.
    package static let maximumOpen = 1000
    /// Bytes between two notes of how far it is, so that little has to be sent again after a crash.
    private static let checkpoint: Int64 = 8 << 20

    private static let log = Log("gateway.uploads")
    private let database: Database
    private let files: FileStore
    private let folder: String
    private let threads = BlockingThreads(name: "uploads", count: 4)
    /// Uploads that are being worked on.
    private let busy = Mutex<Set<String>>([])

    /// - Parameter folder: for partial files; on the blob store's disk they become blobs without copying.
    package init(_ database: Database, files: FileStore, folder: String) throws {
        (self.database, self.files, self.folder) = (database, files, folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Begins an upload. Its length counts towards the owner's quota from now on.
    /// - Throws: `GatewayError` for the name, the length and quotas.
    package func create(name: String, length: Int64, owner: String) async throws -> Upload {
        let name = try FileName.checked(name)
        guard length >= 0 else { throw GatewayError.uploadLength("Upload-Length must be a number of bytes") }
        guard length <= files.limits.file.bytes else { throw GatewayError.tooLarge(limit: files.limits.file) }
        let now = Timestamp.now()
        let upload = Upload(
            id: Identifier.make(Upload.prefix), owner: owner, name: name, length: length, offset: 0,
            expires: now.advanced(by: Self.lifetime),
            file: nil)
        let limits = files.limits
        try await database.write { connection in
            let open = try Self.open(owner, now, on: connection)
            guard open.count < Self.maximumOpen else { throw GatewayError.uploadCount(limit: Self.maximumOpen) }
            try limits.check(FileUsage.of(owner, on: connection), adding: open.bytes + length)
            try connection.execute(
                "INSERT INTO upload(id, owner, name, length, position, expires) VALUES (?, ?, ?, ?, 0, ?)", upload.id, owner, name,
                length,
                upload.expires)
        }
        let path = path(upload.id)
        _ = try await threads.run { try PartialFile(path, size: 0) }
        guard length == 0 else { return upload }
        let release = try reserve(upload.id)
        defer { release() }
        return try await complete(upload)
    }

    /// - Throws: `GatewayError.uploadNotFound`, also for another owner's and for expired ones.
    package func find(_ id: String, for principal: Principal) async throws -> Upload {
        guard let upload = try await row(id), upload.owner == principal.owner, upload.expires > .now() else {
            throw GatewayError.uploadNotFound
        }
        return upload
    }

    /// Adds bytes at an offset. What came before the connection broke is kept, unless a checksum was to hold.
    /// - Parameters:
    ///   - checksum: of the bytes of this request.
    ///   - next: gives the bytes; `nil` at the end.
    /// - Returns: the upload as it is now; with its file when it is complete.
    /// - Throws: `GatewayError.uploadOffset`, `.uploadChecksum`, `.uploadLength`, `.uploadBusy`, `.uploadNotFound`; quotas at the
    ///   end, when the same call without bytes tries again.
    package func append(
        _ id: String, at offset: Int64, checksum: UploadChecksum?, for principal: Principal, _ next: () async throws -> Bytes?
    ) async throws -> Upload {
        let release = try reserve(id)
        defer { release() }
        var upload = try await find(id, for: principal)
        guard upload.file == nil, upload.offset == offset else { throw GatewayError.uploadOffset(expected: upload.offset) }
        try await receive(&upload, checksum, next)
        return upload.offset == upload.length ? try await complete(upload) : upload
    }

    /// Gives an upload up.
    /// - Throws: `GatewayError.uploadNotFound`, `.uploadBusy`.
    package func delete(_ id: String, for principal: Principal) async throws {
        let release = try reserve(id)
        defer { release() }
        try await forget(try await find(id, for: principal))
    }

    /// Completes uploads whose last step a crash cut off, and gives expired ones up.
    package func sweep() async throws {
        let now = Timestamp.now()
        let ids = try await database.read { connection in
            try connection.query("SELECT id FROM upload WHERE file IS NULL AND position = length OR expires <= ? LIMIT 1000", now) {
                try $0.text("id")
            }
        }
        for id in ids { await sweep(id, now) }
    }

    /// Failures are told and tried again by the next sweep.
    private func sweep(_ id: String, _ now: Timestamp) async {
        do {
            let release = try reserve(id)
            defer { release() }
            // As it is now that nobody else works on it.
            guard let upload = try await row(id) else { return }
            if upload.expires <= now {
                try await forget(upload)
            } else if upload.file == nil && upload.offset == upload.length {
                _ = try await complete(upload)
            }
        } catch GatewayError.uploadBusy {
            return
        } catch {
            Self.log.warning("an upload could not be swept", ["upload": .string(id), "error": .string("\(error)")])
        }
    }

    private func receive(_ upload: inout Upload, _ checksum: UploadChecksum?, _ next: () async throws -> Bytes?) async throws {
        guard upload.offset < upload.length else {
            // Only the last step is missing. The file may be the blob store's already: nothing is written to it.
            while let bytes = try await next() {
                guard bytes.isEmpty else { throw GatewayError.uploadLength(Self.tooLong) }
            }
            return
        }
        let (path, offset) = (path(upload.id), upload.offset)
        let partial = try await threads.run { try PartialFile(path, size: offset) }
        try await checkRoom(partial, for: upload.length - offset)
        var check = ChecksumCheck(checksum)
        var noted = offset
        do {
            while let bytes = try await next() {
                guard upload.offset + Int64(bytes.count) <= upload.length else { throw GatewayError.uploadLength(Self.tooLong) }
                try check.update(bytes)
                try await threads.run { try partial.write(bytes) }
                upload.offset += Int64(bytes.count)
                if checksum == nil && upload.offset - noted >= Self.checkpoint {
                    try await note(upload, partial)
                    try await checkRoom(partial, for: 0)
                    noted = upload.offset
                }
            }
            try check.finish()
        } catch {
            // A broken connection keeps its bytes; what was refused does not.
            if checksum == nil && !(error is GatewayError) { try await note(upload, partial) }
            throw error
        }
        try await note(upload, partial)
    }

    private func complete(_ upload: Upload) async throws -> Upload {
        let path = path(upload.id)
        var upload = upload
        let content: Upload.Content
        if let known = upload.content { content = known } else { content = try await summarize(upload) }
        let file = try await files.adopt(
            id: upload.fileID, path: path, blob: BlobReference(digest: content.digest, size: upload.length),
            mediaType: content.mediaType,
            name: upload.name, owner: upload.owner)
        upload.file = file.id
        let done = upload
        try await database.write { try $0.execute("UPDATE upload SET file = ? WHERE id = ?", done.file, done.id) }
        return done
    }

    /// Writes down what an upload holds, before the blob store takes it.
    private func summarize(_ upload: Upload) async throws -> Upload.Content {
        let path = path(upload.id)
        let (blob, start) = try await threads.run { try PartialFile.summary(of: path, size: upload.length) }
        let content = Upload.Content(digest: blob.digest, mediaType: MediaSniffer.mediaType(of: start))
        try await database.write { connection in
            try connection.execute(
                "UPDATE upload SET digest = ?, media_type = ? WHERE id = ?", content.digest, content.mediaType, upload.id)
        }
        return content
    }

    private func note(_ upload: Upload, _ partial: PartialFile) async throws {
        try await threads.run { try partial.sync() }
        let expires = Timestamp.now().advanced(by: Self.lifetime)
        try await database.write { connection in
            try connection.execute("UPDATE upload SET position = ?, expires = ? WHERE id = ?", upload.offset, expires, upload.id)
        }
    }

    /// The bytes go first: a row without bytes is found and forgotten again, bytes without a row never would be.
    private func forget(_ upload: Upload) async throws {
        let path = path(upload.id)
        try await threads.run { if unlink(path) != 0 && errno != ENOENT { throw UploadError.system("unlink") } }
        // The blob store has them where only the quota kept the upload from becoming a file.
        if upload.file == nil, let content = upload.content { await files.letGo(upload.fileID, content.digest) }
        try await database.write { try $0.execute("DELETE FROM upload WHERE id = ?", upload.id) }
    }

    private func checkRoom(_ partial: PartialFile, for bytes: Int64) async throws {
        let minimum = files.limits.minimumFree.bytes
        let free = try await threads.run { try partial.freeBytes() }
        guard free - bytes >= minimum else { throw UploadError.diskFull }
    }

    /// Keeps others from an upload.
    /// - Returns: what lets them at it again.
    private func reserve(_ id: String) throws(GatewayError) -> () -> Void {
        guard busy.withLock({ $0.insert(id).inserted }) else { throw .uploadBusy }
        return { self.busy.withLock { _ = $0.remove(id) } }
    }

    private func row(_ id: String) async throws -> Upload? {
        try await database.read { try $0.first("SELECT * FROM upload WHERE id = ?", id, map: Self.upload) }
    }

    private func path(_ id: String) -> String { folder + "/" + id }

    private static let tooLong = "more bytes came than Upload-Length said"

    /// What an owner's uploads under way will hold.
    private static func open(_ owner: String, _ now: Timestamp, on connection: Connection) throws -> (bytes: Int64, count: Int) {
        try connection.first(
            "SELECT coalesce(sum(length), 0) AS bytes, count(*) AS n FROM upload WHERE owner = ? AND file IS NULL AND expires > ?",
            owner, now
        ) { (try $0.integer("bytes"), Int(try $0.integer("n"))) } ?? (0, 0)
    }

    private static func upload(_ row: Row) throws -> Upload {
        var upload = Upload(
            id: try row.text("id"), owner: try row.text("owner"), name: try row.text("name"), length: try row.integer("length"),
            offset: try row.integer("position"), expires: try row.timestamp("expires"), file: try row.optionalText("file"))
        if let digest = try row.optionalText("digest"), let mediaType = try row.optionalText("media_type") {
            upload.content = Upload.Content(digest: digest, mediaType: mediaType)
        }
        return upload
    }
}
