import Blobs
import Contracts
import Jobs
import Persistence
import Primitives

/// Files that exist for the length of one call. Each has a row, so that those of calls that a crash ended are found and let go.
struct CallFiles: Sendable {
    static let migrations = [
        Migration(
            id: "call-files-1",
            sql: """
                CREATE TABLE call_file (key TEXT PRIMARY KEY, owner TEXT NOT NULL, digest TEXT NOT NULL, file TEXT)
                STRICT, WITHOUT ROWID;
                """)
    ]
    private static let log = Log("call-files")
    /// The gateway may come up later than this service.
    private static let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(250), cap: .seconds(30))

    /// One file: its key and blob, whose it is, and the gateway's identifier once it has one.
    struct Call: Sendable {
        let key: String
        let owner: String
        let digest: String
        var file: String?
    }

    let jobs: JobService
    let database: Database
    let blobs: any BlobStore
    let files: any FileDirectory

    /// Makes what has been written a file.
    /// - Parameter writer: complete; it is committed here.
    /// - Returns: what to forget in the end, and the gateway's identifier.
    /// - Throws: `BlobError`, `DatabaseError`, `JobProblem`; nothing is left then.
    func add(_ writer: any BlobWriter, name: String, owner: String) async throws -> (call: Call, id: String) {
        let key = Identifier.make("up")
        let blob = try await writer.commit(owner: holder(key))
        var call = Call(key: key, owner: owner, digest: blob.digest)
        do {
            try await database.write { [call] connection in
                try connection.execute("INSERT INTO call_file VALUES (?, ?, ?, NULL)", call.key, call.owner, call.digest)
            }
            let file = JobFile(
                file: nil, digest: blob.digest, size: blob.size, name: name, mediaType: "application/octet-stream")
            let id = try await files.register(file, owner: owner, key: key, origin: "call")
            call.file = id
            try await database.write { try $0.execute("UPDATE call_file SET file = ? WHERE key = ?", id, key) }
            return (call, id)
        } catch {
            await forget(call)
            throw error
        }
    }

    /// Lets a call's file go, whether the calling task was cancelled or not.
    func forget(_ call: Call) async {
        await Task {
            do {
                try await remove(call)
            } catch {
                Self.log.warning(
                    "a call's file remains until the next start", ["key": .string(call.key), "error": .string("\(error)")])
            }
        }.value
    }

    /// The calls whose files are there now.
    func all() async throws -> [Call] {
        try await database.read { connection in
            try connection.query("SELECT * FROM call_file") { row in
                Call(
                    key: try row.text("key"), owner: try row.text("owner"), digest: try row.text("digest"),
                    file: try row.optionalText("file"))
            }
        }
    }

    /// Lets the files go that calls of an earlier process have left, ends their jobs, which nobody waits for, and takes back what
    /// those gave. Tries again until it is done; then waits to be cancelled.
    func forget(earlier: [Call]) async throws {
        for call in earlier {
            var attempt = 1
            while true {
                do {
                    if let file = call.file { try await endJobs(on: file, owner: call.owner) }
                    try await remove(call)
                    break
                } catch let error where !(error is CancellationError) {
                    attempt += 1
                    Self.log.warning("a call's file is not gone yet", ["key": .string(call.key), "error": .string("\(error)")])
                    try await Task.sleep(for: Self.policy.delay(beforeAttempt: attempt))
                }
            }
        }
        if !earlier.isEmpty { Self.log.info("files of calls that a crash ended are gone", ["count": JSONValue(earlier.count)]) }
        try await Component.untilCancelled()
    }

    private func endJobs(on file: String, owner: String) async throws {
        let ids = try await database.read { connection in
            try connection.query("SELECT id FROM job WHERE owner = ? AND instr(inputs, ?) > 0", owner, file) { try $0.text("id") }
        }
        let principal = Principal(subject: owner, owner: owner, tier: "", scopes: [], expires: .now())
        for id in ids { await jobs.forgetFiles(of: id, for: principal) }
    }

    private func remove(_ call: Call) async throws {
        try await files.unregister(key: call.key, owner: call.owner)
        try await blobs.release(call.digest, owner: holder(call.key))
        try await database.write { try $0.execute("DELETE FROM call_file WHERE key = ?", call.key) }
    }

    private func holder(_ key: String) -> BlobOwner { BlobOwner(service: jobs.serviceName, id: key) }
}
