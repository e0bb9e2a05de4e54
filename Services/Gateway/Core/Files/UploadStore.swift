import Cryptography
package import Contracts
import FoundationEssentials
import Glibc
package import Persistence
package import Primitives
import Synchronization

/// Resumable uploads (tus 1.0): the bytes in a partial file each, how many of them are safe in the database.
package final class UploadStore: Sendable {
    package static let migration = Migration(
        id: "uploads-1",
        sql: """
            CREATE TABLE upload (
                id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, length INTEGER NOT NULL, position INTEGER NOT NULL,
                expires INTEGER NOT NULL, file TEXT
            ) STRICT
            """)
    /// How long an upload may rest.
    package static let lifetime = Duration.hours(24)
    /// Bytes between two notes of how far it is, so that little has to be sent again after a crash.
    private static let checkpoint: Int64 = 8 << 20

    private let database: Database
    private let files: FileStore
    private let folder: String
    private let threads = BlockingThreads(name: "uploads", count: 4)
    /// Uploads that a request is writing to.
    private let busy = Mutex<Set<String>>([])

    /// - Parameter folder: for partial files; on the blob store's disk they become blobs without copying.
    package init(_ database: Database, files: FileStore, folder: String) throws {
        (self.database, self.files, self.folder) = (database, files, folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Begins an upload.
    /// - Throws: `GatewayError` for the name, the length and quotas.
    package func create(name: String, length: Int64, owner: String) async throws -> Upload {
        let name = try FileName.checked(name)
        guard length >= 0 else { throw GatewayError.uploadLength("Upload-Length must be a number of bytes") }
        guard length <= files.limits.file.bytes else { throw GatewayError.tooLarge(limit: files.limits.file) }
        try await files.checkQuota(owner, adding: length)
        let upload = Upload(
            id: Identifier.make("upload"), owner: owner, name: name, length: length, offset: 0,
            expires: .now().advanced(by: Self.lifetime), file: nil)
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO upload VALUES (?, ?, ?, ?, 0, ?, NULL)", upload.id, owner, name, length, upload.expires)
        }
        return length == 0 ? try await complete(upload, start: []) : upload
    }

    /// - Throws: `GatewayError.uploadNotFound`, also for another owner's and for expired ones.
    package func find(_ id: String, for principal: Principal) async throws -> Upload {
        let upload = try await database.read { try $0.first("SELECT * FROM upload WHERE id = ?", id, map: Self.upload) }
        guard let upload, upload.owner == principal.owner, upload.expires > .now() else { throw GatewayError.uploadNotFound }
        return upload
    }

    /// Adds bytes at an offset. What came before the connection broke is kept, unless a checksum was to hold.
    /// - Parameters:
    ///   - checksum: of the bytes of this request.
    ///   - next: gives the bytes; `nil` at the end.
    /// - Returns: the upload as it is now; with its file when it is complete.
    /// - Throws: `GatewayError.uploadOffset`, `.uploadChecksum`, `.tooLarge`, `.uploadNotFound`.
    package func append(
        _ id: String, at offset: Int64, checksum: UploadChecksum?, for principal: Principal, _ next: () async throws -> Bytes?
    ) async throws -> Upload {
        guard busy.withLock({ $0.insert(id).inserted }) else { throw GatewayError.uploadOffset(expected: offset) }
        defer { busy.withLock { _ = $0.remove(id) } }
        var upload = try await find(id, for: principal)
        guard upload.file == nil, upload.offset == offset else { throw GatewayError.uploadOffset(expected: upload.offset) }
        let partial = try await threads.run { [folder] in try PartialFile(folder + "/" + id, size: offset) }
        do {
            var (whole, noted) = (Bytes(), offset)
            while let bytes = try await next() {
                guard upload.offset + Int64(bytes.count) <= upload.length else {
                    throw GatewayError.uploadLength("more bytes came than Upload-Length said")
                }
                try await threads.run { try partial.write(bytes) }
                upload.offset += Int64(bytes.count)
                if checksum != nil {
                    whole += bytes
                    guard whole.count <= 64 << 20 else { throw GatewayError.uploadLength("a request with a checksum has at most 64 MiB") }
                } else if upload.offset - noted >= Self.checkpoint {
                    try await note(upload, partial)
                    noted = upload.offset
                }
            }
            if let checksum, !checksum.fits(whole) { throw GatewayError.uploadChecksum }
        } catch {
            // A broken connection keeps its bytes; what was refused does not.
            if checksum == nil && !(error is GatewayError) { try await note(upload, partial) }
            throw error
        }
        try await note(upload, partial)
        guard upload.offset == upload.length else { return upload }
        let start = try await threads.run { try partial.start(MediaSniffer.length) }
        return try await complete(upload, start: start)
    }

    /// Gives an upload up.
    /// - Throws: `GatewayError.uploadNotFound`.
    package func delete(_ id: String, for principal: Principal) async throws {
        _ = try await find(id, for: principal)
        try await forget(id)
    }

    /// Gives expired uploads up.
    package func sweep() async throws {
        let expired = try await database.read { connection in
            try connection.query("SELECT id FROM upload WHERE expires < ? LIMIT 500", Timestamp.now()) { try $0.text("id") }
        }
        for id in expired { try await forget(id) }
    }

    private func complete(_ upload: Upload, start: Bytes) async throws -> Upload {
        let path = folder + "/" + upload.id
        if upload.length == 0 { _ = try await threads.run { try PartialFile(path, size: 0) } }
        let file = try await files.adopt(path: path, start: start, name: upload.name, owner: upload.owner)
        try await database.write { try $0.execute("UPDATE upload SET file = ? WHERE id = ?", file.id, upload.id) }
        var upload = upload
        upload.file = file.id
        return upload
    }

    private func note(_ upload: Upload, _ partial: PartialFile) async throws {
        try await threads.run { try partial.sync() }
        let expires = Timestamp.now().advanced(by: Self.lifetime)
        try await database.write { connection in
            try connection.execute("UPDATE upload SET position = ?, expires = ? WHERE id = ?", upload.offset, expires, upload.id)
        }
    }

    private func forget(_ id: String) async throws {
        unlink(folder + "/" + id)
        try await database.write { try $0.execute("DELETE FROM upload WHERE id = ?", id) }
    }

    private static func upload(_ row: Row) throws -> Upload {
        Upload(
            id: try row.text("id"), owner: try row.text("owner"), name: try row.text("name"), length: try row.integer("length"),
            offset: try row.integer("position"), expires: try row.timestamp("expires"), file: try row.optionalText("file"))
    }
}

extension UploadChecksum {
    fileprivate func fits(_ bytes: Bytes) -> Bool {
        switch algorithm {
        case .sha1: SHA1.hash(bytes) == digest
        case .sha256: SHA256.hash(bytes) == digest
        }
    }
}
