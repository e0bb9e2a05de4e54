package import Blobs
package import Contracts
package import Jobs
package import Persistence
package import Primitives

/// What a service's own routes and parts, beside those of its operations, work with.
package struct ServiceDoors: Sendable {
    package let jobs: JobService
    /// The service's own, with the tables of the jobs and the migrations that `OperationServiceProgram` was given.
    package let database: Database
    package let blobs: any BlobStore
    package let files: any FileDirectory
    package let authenticator: Authenticator
    /// Runs operations at once whose output is listened to while it is made.
    let liveRunner: JobRunner
    /// See `JobContext.resources`.
    package let resources: [String: String]
    /// See `Surroundings.libraryFolder`.
    package let libraryFolder: String

    /// Most bytes of a file that the service's own routes take.
    package let maximumFile: ByteSize

    /// Runs an operation at once whose output is listened to while it is made; counted as its jobs are.
    /// - Parameter parameters: canonical ones.
    /// - Throws: `JobProblem`, `CancellationError`.
    package func live(_ operation: String, _ parameters: JSONValue, for principal: Principal) async throws -> LiveOutput {
        try await liveRunner.live(operation, parameters, owner: principal.owner) { [jobs] in await jobs.note($0) }
    }

    /// Makes what has been written a file of the principal's for as long as `body` runs.
    /// - Parameters:
    ///   - writer: complete; it is committed here.
    ///   - name: what the person calls the file.
    ///   - body: gets the gateway's identifier.
    /// - Throws: `BlobError`, `JobProblem`, what `body` throws; the file is gone then too.
    package func withFile<T: Sendable>(
        _ writer: any BlobWriter, name: String, for principal: Principal, _ body: (String) async throws -> T
    ) async throws -> T {
        let file = try await callFiles.add(writer, name: name, owner: principal.owner)
        do {
            let outcome = try await body(file.id)
            await callFiles.forget(file.call)
            return outcome
        } catch {
            await callFiles.forget(file.call)
            throw error
        }
    }

    /// The files of calls that go on, and of those that a crash ended.
    var callFiles: CallFiles { CallFiles(jobs: jobs, database: database, blobs: blobs, files: files) }
}
