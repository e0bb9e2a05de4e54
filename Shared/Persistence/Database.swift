import Primitives
import Synchronization

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
/// let database = try await Database.open("jobs.sqlite", migrations: [Migration(id: "1", sql: "CREATE TABLE note(text TEXT) STRICT")])
/// try await database.write { try $0.execute("INSERT INTO note VALUES (?)", "hello") }
/// let notes = try await database.read { try $0.query("SELECT text FROM note") { try $0.text("text") } }
/// ```
package final class Database: Sendable {
    private let writer: Writer
    private let readers: Readers
    private let lock: FileLock
    private let path: String

    private init(writer: Writer, readers: Readers, lock: FileLock, path: String) {
        (self.writer, self.readers, self.lock, self.path) = (writer, readers, lock, path)
    }

    /// Opens a file, making it when it is not there, and brings its schema up to date.
    /// - Parameters:
    ///   - migrations: the schema's whole history.
    ///   - readers: read connections; at least 1.
    /// - Throws: `DatabaseError`: `.locked` when another process has it open, `.migration`, `.corrupt`, `.io`.
    package static func open(
        _ path: String, migrations: [Migration], durability: Durability = .full, readers: Int = 2
    ) async throws -> Database {
        let lock = try FileLock(path + ".lock")
        let writer = Writer()
        try await writer.open(path, migrations, durability)
        return Database(writer: writer, readers: try Readers(path, count: max(1, readers)), lock: lock, path: path)
    }

    /// Runs `body` in a transaction.
    /// - Returns: what `body` returns, after the commit is on disk.
    /// - Throws: what `body` throws, its changes taken back; `DatabaseError` when the commit fails.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await writer.write(body)
    }

    /// Runs `body` on a snapshot of the last commit.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await readers.read(body)
    }

    /// Copies the database to a file while it is in use.
    package func backup(to target: String) async throws {
        try await readers.alone { try $0.backup(to: target) }
    }

    /// Registers a wake-up after every commit that appended to the outbox.
    func onOutboxCommit(_ body: @escaping @Sendable () -> Void) {
        writer.onOutboxCommit(body)
    }

    /// Finishes what was begun, writes the log back and closes the file.
    package func close() async {
        await readers.close()
        await writer.close()
    }
}
