package import Blobs
package import Persistence

/// The gateway's domain, put together over its database.
package struct Gateway: Sendable {
    package static let migrations = [
        KeyStore.migration, RateLimiter.migration, FileStore.migration, UploadStore.migration, AuditLog.migration,
    ]

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
}
