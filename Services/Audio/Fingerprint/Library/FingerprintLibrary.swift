import AudioAPI
package import Blobs
import Contracts
import Jobs
package import Persistence
import Primitives

/// Every owner's known sounds: a read model of the finished `audio.fingerprint` jobs.
///
/// Triggers note a finished job in the very transaction that ends it; `catchUp` takes the notes, each in one transaction with the
/// entry that it becomes. So every result is stored once, whenever the service is killed.
package struct FingerprintLibrary: Sendable {
    private static let log = Log("fingerprints")
    /// How often finished jobs are looked for when nobody asks.
    private static let interval = Duration.seconds(2)
    /// The longest file that is read: 24 hours take 2 MB.
    private static let fileLimit = 64 << 20
    private let database: Database
    private let blobs: any BlobStore

    /// The tables of the library; they build on those of the jobs.
    package static let migrations = FingerprintStore.migrations + [pending]

    private static let pending = Migration(
        id: "fingerprints-2",
        sql: """
            CREATE TABLE fingerprint_pending (job TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
            CREATE TRIGGER fingerprint_of_ended_job AFTER UPDATE OF state ON job
                WHEN new.operation = 'audio.fingerprint' AND new.state = 'succeeded' AND old.state <> 'succeeded'
                BEGIN INSERT OR IGNORE INTO fingerprint_pending(job) VALUES (new.id); END;
            CREATE TRIGGER fingerprint_of_cached_job AFTER INSERT ON job
                WHEN new.operation = 'audio.fingerprint' AND new.state = 'succeeded'
                BEGIN INSERT OR IGNORE INTO fingerprint_pending(job) VALUES (new.id); END;
            """)

    /// - Parameters:
    ///   - database: of the service's jobs, opened with `migrations`.
    ///   - blobs: where the jobs' files are.
    package init(database: Database, blobs: any BlobStore) {
        (self.database, self.blobs) = (database, blobs)
    }

    /// Keeps the library up to date until the task is cancelled.
    package func run() async throws {
        while true {
            do {
                try await catchUp()
            } catch let error as any CodedError {
                Self.log.warning("finished fingerprints can not be looked for now", ["error": .string("\(error)")])
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Takes in what has finished. A result that can not be read now stays for the next time and holds nothing else up.
    /// - Throws: `DatabaseError`.
    package func catchUp() async throws {
        var last = ""
        while true {
            let jobs = try await database.read { [last] connection in
                try connection.query("SELECT job FROM fingerprint_pending WHERE job > ? ORDER BY job LIMIT 64", last) {
                    try $0.text("job")
                }
            }
            guard let end = jobs.last else { return }
            for job in jobs {
                do {
                    try await take(job)
                } catch let error as BlobError {
                    Self.log.warning(
                        "a fingerprint can not be stored and will be tried again",
                        ["job": .string(job), "error": .string("\(error)")])
                }
            }
            last = end
        }
    }

    /// Runs `body` on the library as it is after everything that has finished.
    /// - Throws: what `body` throws, and what `catchUp` does.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await catchUp()
        return try await database.read(body)
    }

    /// Forgets a file's sound, after everything that has finished was taken in.
    /// - Returns: whether the owner had such an entry.
    package func remove(_ id: String, owner: String) async throws -> Bool {
        try await catchUp()
        return try await database.write { try FingerprintStore.remove(id, owner: owner, on: $0) }
    }

    private func take(_ id: String) async throws {
        let job = try await database.read { try JobStore.find(id, on: $0) }
        var found: (entry: FingerprintEntry, fingerprint: Fingerprint)?
        if let job, let input = job.inputs.first, let file = input.file, let output = job.result?.files.first,
            let content = try await content(output.digest)
        {
            let entry = FingerprintEntry(
                id: Identifier.make("fp"), file: file, name: input.name, job: id, duration: content.duration,
                created: job.finished ?? .now())
            found = (entry, content.fingerprint)
        }
        let (kept, owner) = (found, job?.owner ?? "")
        try await database.write { connection in
            try connection.execute("DELETE FROM fingerprint_pending WHERE job = ?", id)
            // Somebody else has taken the note meanwhile.
            guard connection.changes == 1 else { return }
            if let kept { try FingerprintStore.add(kept.fingerprint, as: kept.entry, owner: owner, on: connection) }
        }
    }

    /// - Returns: `nil` when the file is gone or no fingerprint, and never will be one.
    private func content(_ digest: String) async throws -> (duration: Double, fingerprint: Fingerprint)? {
        do {
            var bytes = Bytes()
            for try await chunk in blobs.read(digest) where bytes.count <= Self.fileLimit { bytes += chunk }
            let file = try JSON.decode(FingerprintFile.self, from: bytes)
            return (file.duration, try Fingerprint(compressed: file.fingerprint))
        } catch let error as any CodedError where !error.isRetriable {
            Self.log.warning("the result of a fingerprint job is lost", ["digest": .string(digest), "error": .string("\(error)")])
            return nil
        }
    }
}
