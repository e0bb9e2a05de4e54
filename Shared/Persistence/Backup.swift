import CSQLite
import Glibc

/// A copy of the whole database, made step by step while it is in use.
struct Backup {
    /// Used for nothing else.
    let source: Connection
    let target: String
    /// Pages between two looks at whether to stop: 4 MiB at SQLite's page size.
    private static let pagesPerStep: Int32 = 1024

    /// Makes the copy, which is complete and on disk when it appears under its name.
    /// - Parameter shouldStop: asked between steps.
    /// - Throws: `DatabaseError`; `CancellationError` when asked to stop. Nothing is left then.
    func run(shouldStop: () -> Bool) throws {
        let partial = target + ".partial"
        unlink(partial)
        do {
            try copy(to: partial, shouldStop: shouldStop)
            try flush(partial, O_RDWR)
            guard rename(partial, target) == 0 else { throw DatabaseError("can not name the backup \(target)", errno: errno) }
            try flush(target.lastIndex(of: "/").map { String(target[...$0]) } ?? ".", O_RDONLY | O_DIRECTORY)
        } catch {
            unlink(partial)
            throw error
        }
    }

    private func copy(to partial: String, shouldStop: () -> Bool) throws {
        let copy = try Connection(path: partial, .writing)
        // The copy is thrown away if it does not come to its end, and flushed once when it does.
        try copy.run(script: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        // One snapshot for all steps: without it every commit between two steps would make SQLite start anew.
        try source.execute("BEGIN")
        defer { source.rollback() }
        try source.execute("SELECT count(*) FROM sqlite_schema")
        guard let backup = sqlite3_backup_init(copy.handle, "main", source.handle, "main") else {
            throw DatabaseError(code: sqlite3_errcode(copy.handle), copy.handle)
        }
        var status = SQLITE_OK
        while status == SQLITE_OK && !shouldStop() { status = sqlite3_backup_step(backup, Self.pagesPerStep) }
        let error = status == SQLITE_DONE || status == SQLITE_OK ? nil : DatabaseError(code: status, copy.handle)
        sqlite3_backup_finish(backup)
        if let error { throw error }
        guard status == SQLITE_DONE else { throw CancellationError() }
    }

    private func flush(_ path: String, _ flags: Int32) throws {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw DatabaseError("can not open \(path)", errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DatabaseError("can not flush \(path)", errno: errno) }
    }
}
