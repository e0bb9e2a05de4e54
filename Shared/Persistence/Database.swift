import Primitives

/// What is on disk when `write` returns.
package enum Durability: String, Sendable {
    /// Safe against power loss.
    case full = "FULL"
    /// Safe against a crash of the process; the last moments may be lost with the power.
    case normal = "NORMAL"
}

/// One SQLite file with one writer and several readers, each on a thread of its own.
///
/// Writers that wait together share one transaction and one flush to the disk (group commit): each body runs inside a savepoint,
/// so one that throws takes back only its own changes, and all resume after the common commit.
///
/// ```swift
/// let schema = [Migration(id: "notes-1", sql: "CREATE TABLE note(text TEXT NOT NULL) STRICT")]
/// let database = try await Database.open("notes.sqlite", migrations: schema)
/// try await database.write { try $0.execute("INSERT INTO note VALUES (?)", "hello") }
/// let notes = try await database.read { try $0.query("SELECT text FROM note") { try $0.text("text") } }
/// ```
package final class Database: Sendable {
    private static let log = Log("persistence")
    private let writer: Writer
    private let readers: Readers
    private let lock: FileLock

    private init(writer: Writer, readers: Readers, lock: FileLock) {
        (self.writer, self.readers, self.lock) = (writer, readers, lock)
    }

    /// Opens a file, making it when it is not there, and brings its schema up to date.
    /// - Parameters:
    ///   - path: its folder must exist; `<path>-wal`, `<path>-shm` and `<path>.lock` lie beside it.
    ///   - migrations: the schema's whole history.
    ///   - readers: read connections; at least 1.
    /// - Throws: `DatabaseError`: `.locked` when it is open already, here or in another process; `.migration`, `.corrupt`,
    ///   `.diskFull`, `.io`.
    package static func open(
        _ path: String, migrations: [Migration], durability: Durability = .full, readers: Int = 2
    ) async throws(DatabaseError) -> Database {
        let lock = try FileLock(path + ".lock")
        let writer = Writer()
        try await writer.open(path, migrations, durability)
        return Database(writer: writer, readers: try Readers(path, count: max(1, readers)), lock: lock)
    }

    /// Runs `body` in a transaction, once. Cancelling the task does not take it back.
    /// - Returns: what `body` returns, after the commit is on disk.
    /// - Throws: what `body` throws, its changes taken back; `DatabaseError` when the commit fails, and then nothing is changed:
    ///   `.diskFull`, `.io`, `.busy` when too much waits, `.closed`.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await writer.write(body)
    }

    /// Writes again and again while the disk refuses.
    /// - Parameter onWait: called once, with the first failure.
    /// - Throws: `CancellationError`; `DatabaseError` of a database that is closed.
    package func writePatiently(
        onWait: (any Error) -> Void, _ body: @escaping @Sendable (Connection) throws -> Void
    ) async throws {
        let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(200), cap: .seconds(5))
        var attempt = 1
        while true {
            do {
                return try await write(body)
            } catch let error as CancellationError {
                throw error
            } catch let error as DatabaseError where error.reason == .closed {
                throw error
            } catch {
                attempt += 1
                if attempt == 2 { onWait(error) }
                try await Task.sleep(for: policy.delay(beforeAttempt: attempt))
            }
        }
    }

    /// Runs `body` on a snapshot of the last commit; it can not write.
    /// - Throws: what `body` throws; `CancellationError` when the task is cancelled, which ends its query;
    ///   `DatabaseError`: `.busy` when too much waits, `.closed`.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await readers.read(body)
    }

    /// Copies the database as it is now to a file, which appears when it is complete. Reads and writes go on meanwhile.
    /// - Throws: `DatabaseError`: `.diskFull`, `.io`; `.closed` when the database was closed or the task cancelled meanwhile.
    package func backup(to path: String) async throws(DatabaseError) {
        do {
            try await readers.backup(to: path)
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw DatabaseError(.closed, "the backup was given up")
        }
    }

    /// Registers a wake-up after every commit that appended to the outbox.
    func onOutboxCommit(_ body: @escaping @Sendable () -> Void) {
        writer.onOutboxCommit(body)
    }

    /// Finishes what was begun, writes the log back, closes the file and lets others open it.
    package func close() async {
        await readers.close()
        do {
            try await writer.close()
        } catch {
            // Nothing is lost: the log is read at the next start.
            Self.log.warning("the log could not be written back", ["error": .string("\(error)")])
        }
        lock.release()
    }
}

extension BlockingThreads {
    /// Runs `body` on one of the threads; what fails in it is the database's.
    func perform<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws(DatabaseError) -> T {
        do {
            return try await run(body)
        } catch let error as DatabaseError {
            throw error
        } catch is Stopped {
            throw .closed
        } catch {
            throw DatabaseError(.other, "\(error)")
        }
    }
}
