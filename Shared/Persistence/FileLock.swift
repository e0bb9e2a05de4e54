import Glibc

/// Keeps a second process from opening the same database: SQLite's own locks would let it, with two writers and two
/// checkpointers.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `DatabaseError` with `.locked` when another process holds it.
    init(_ path: String) throws(DatabaseError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DatabaseError(.io, "\(path) can not be opened: error \(errno)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw DatabaseError(.locked, "the database is open in another process: \(path)")
        }
    }

    deinit {
        close(descriptor)
    }
}
