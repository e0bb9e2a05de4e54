package import Blobs
package import Persistence
import Primitives

/// The gateway's domain, put together over its database.
package struct Gateway: Sendable {
    package static let migrations =
        KeyStore.migrations + [RateLimiter.migration] + FileStore.migrations + UploadStore.migrations
        + [AuditLog.migration, AuditLog.callMigration]

    private static let log = Log("gateway.sweep")
    package let keys: KeyStore
    package let limiter: RateLimiter
    package let authorizer: Authorizer
    package let files: FileStore
    package let uploads: UploadStore
    package let audit: AuditLog

    /// - Parameter uploadFolder: for partial uploads.
    package init(_ database: Database, blobs: any BlobStore, limits: FileLimits, uploadFolder: String) async throws {
        keys = try await KeyStore(database)
        limiter = try await RateLimiter(database)
        authorizer = Authorizer(keys: keys, limiter: limiter)
        files = FileStore(database, blobs: blobs, limits: limits)
        uploads = try UploadStore(database, files: files, folder: uploadFolder)
        audit = AuditLog(database)
    }

    /// Puts right what crashes left behind, and removes what is past its time: at the start and now and then.
    /// - Parameter auditAge: how long audit entries are kept; `nil` for ever.
    package func sweep(auditAge: Duration?) async {
        limiter.forgetIdle()
        await step("uploads") { try await uploads.sweep() }
        await step("files") { try await files.sweep() }
        await step("holds") { try await files.reclaim(olderThan: .hours(24)) }
        await step("blobs") { _ = try await files.blobs.sweep(olderThan: .hours(24)) }
        if let auditAge { await step("audit") { try await audit.sweep(olderThan: auditAge) } }
    }

    /// One part's failure keeps the others from nothing; it is tried again with the next sweep.
    private func step(_ part: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            Self.log.warning("sweeping failed and will be tried again", ["part": .string(part), "error": .string("\(error)")])
        }
    }
}
