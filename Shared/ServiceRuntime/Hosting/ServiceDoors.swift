package import Blobs
package import Contracts
package import Jobs
package import Persistence
package import Primitives

/// What a service's own routes and parts, beside those of its operations, work with.
package struct ServiceDoors: Sendable {
    private static let log = Log("doors")
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

    /// Most bytes of a file that the service's own routes take.
    package let maximumFile: ByteSize

    /// Makes what has been written a file of the principal's for as long as `body` runs.
    /// - Parameters:
    ///   - writer: complete; it is committed here.
    ///   - name: what the person calls the file.
    ///   - body: gets the gateway's identifier.
    /// - Throws: `BlobError`, `JobProblem`, what `body` throws; the file is gone then too.
    package func withFile<T: Sendable>(
        _ writer: any BlobWriter, name: String, for principal: Principal, _ body: (String) async throws -> T
    ) async throws -> T {
        let key = Identifier.make("up")
        let holder = BlobOwner(service: jobs.serviceName, id: key)
        let blob = try await writer.commit(owner: holder)
        do {
            let file = JobFile(
                file: nil, digest: blob.digest, size: blob.size, name: name, mediaType: "application/octet-stream")
            let id = try await files.register(file, owner: principal.owner, key: key, origin: "call")
            let outcome = try await body(id)
            await forget(key, blob.digest, holder, owner: principal.owner)
            return outcome
        } catch {
            await forget(key, blob.digest, holder, owner: principal.owner)
            throw error
        }
    }

    private func forget(_ key: String, _ digest: String, _ holder: BlobOwner, owner: String) async {
        // The caller may have left and the task be cancelled: this is done all the same.
        await Task {
            do {
                try await files.unregister(key: key, owner: owner)
                try await blobs.release(digest, owner: holder)
            } catch {
                Self.log.warning("a call's file remains", ["key": .string(key), "error": .string("\(error)")])
            }
        }.value
    }
}
