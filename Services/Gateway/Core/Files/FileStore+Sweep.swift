import Blobs
import Persistence
import Primitives

extension FileStore {
    /// Deletes files past their time and lets go of blobs whose rows are gone.
    package func sweep() async throws {
        while true {
            let now = Timestamp.now()
            let expired = try await database.read { connection in
                try connection.query("SELECT * FROM file WHERE expires <= ? LIMIT ?", now, Self.sweepStep, map: StoredFile.init)
            }
            try await delete(expired)
            guard expired.count == Self.sweepStep else { break }
        }
        let waiting = try await database.read { connection in
            try connection.query("SELECT file, digest FROM releasing LIMIT 10000") { (try $0.text("file"), try $0.text("digest")) }
        }
        for (file, digest) in waiting { await release(file, digest) }
    }

    /// Lets go of blobs that a crash between storing them and writing their row has left.
    /// - Parameter age: how long ago that must have been.
    package func reclaim(olderThan age: Duration) async throws {
        let count = try await blobs.reclaim(service: Self.service, olderThan: age) { [database] ids in
            try await database.read { connection in
                Set(
                    try ids.filter { id in
                        try connection.first(
                            "SELECT 1 FROM file WHERE id = ? UNION SELECT 1 FROM upload WHERE id = ?", id, Upload.id(becoming: id),
                            map: { _ in true }) ?? false
                    })
            }
        }
        if count > 0 { Self.log.info("blobs without a file were let go of", ["count": .integer(Int64(count))]) }
    }

    /// Deletes rows and writes down what is to be let go, in one transaction; then lets go of it.
    func delete(_ files: [StoredFile]) async throws {
        guard !files.isEmpty else { return }
        try await database.write { [tell] connection in
            for file in files {
                try connection.execute("DELETE FROM file WHERE id = ?", file.id)
                // Somebody else may have deleted it meanwhile.
                if connection.changes == 1 { try tell(FileChange(kind: .deleted, file: file), connection) }
                try connection.execute("INSERT OR IGNORE INTO releasing VALUES (?, ?)", file.id, file.digest)
            }
        }
        for file in files { await release(file.id, file.digest) }
    }

    /// The file is deleted already: what fails here is told and tried again by the next sweep.
    private func release(_ file: String, _ digest: String) async {
        do {
            try await blobs.release(digest, owner: holder(file))
            try await database.write { try $0.execute("DELETE FROM releasing WHERE file = ?", file) }
        } catch {
            Self.log.warning("a blob could not be let go of", ["file": .string(file), "error": .string("\(error)")])
        }
    }
}
