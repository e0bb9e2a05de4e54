package import Blobs
package import Contracts
package import Jobs
package import Persistence
import Primitives

/// What a service's own routes and parts, beside those of its operations, work with.
package struct ServiceDoors: Sendable {
    package let jobs: JobService
    /// The service's own, with the tables of the jobs and the migrations that `OperationServiceProgram` was given.
    package let database: Database
    package let blobs: any BlobStore
    package let files: any FileDirectory
    package let authenticator: Authenticator
    /// Runs operations at once whose output is listened to while it is made.
    package let live: JobRunner
    /// See `JobContext.resources`.
    package let resources: [String: String]

    /// Makes what has been written a file of the principal's.
    /// - Parameter writer: complete; it is committed here.
    /// - Returns: the gateway's identifier.
    /// - Throws: `BlobError`, `JobProblem`.
    package func file(_ writer: any BlobWriter, name: String, mediaType: String, for principal: Principal) async throws -> String {
        let key = Identifier.make("up")
        let owner = BlobOwner(service: jobs.serviceName, id: key)
        let blob = try await writer.commit(owner: owner)
        let file = JobFile(file: nil, digest: blob.digest, size: blob.size, name: name, mediaType: mediaType)
        do {
            let id = try await files.register(file, owner: principal.owner, key: key, origin: "upload")
            try await blobs.release(blob.digest, owner: owner)
            return id
        } catch {
            try await blobs.release(blob.digest, owner: owner)
            throw error
        }
    }
}
