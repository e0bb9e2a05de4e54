import Glibc
import Synchronization

/// Keeps a second owner from opening the same database: SQLite's own locks would let it, with two writers and two
/// checkpointers.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32>

    /// - Throws: `DatabaseError` with `.locked` when somebody holds it.
    init(_ path: String) throws(DatabaseError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DatabaseError("can not open \(path)", errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = errno
            close(descriptor)
            guard error == EWOULDBLOCK else { throw DatabaseError("can not lock \(path)", errno: error) }
            throw DatabaseError(.locked, "the database is in use by another process: \(path)")
        }
        self.descriptor = Mutex(descriptor)
    }

    /// Lets others own the file; the lock's own file stays, because removing it would let two owners lock different files.
    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // A process being started meanwhile may hold a copy of the descriptor: the lock must not wait for it.
            flock(descriptor, LOCK_UN)
            close(descriptor)
            descriptor = -1
        }
    }

    deinit {
        release()
    }
}
