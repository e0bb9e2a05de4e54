import CSQLite
import Synchronization

/// Ends a query when its task is cancelled.
final class Interruption: Sendable {
    /// SQLite asks after so many of its virtual machine's instructions: some tens of microseconds.
    private static let interval: Int32 = 4096

    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Ends the query that runs; what has not begun does not begin.
    func cancel() {
        flag.store(true, ordering: .relaxed)
    }

    /// Runs `body`, which uses the connection.
    ///
    /// SQLite asks whether to go on; `sqlite3_interrupt` would pass by a query that is about to begin.
    /// - Throws: `CancellationError` for a query that was interrupted; what `body` throws.
    func guarding<T>(_ connection: Connection, _ body: () throws -> T) throws -> T {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            connection.handle, Self.interval,
            { Unmanaged<Interruption>.fromOpaque($0!).takeUnretainedValue().isCancelled ? 1 : 0 }, context)
        defer { sqlite3_progress_handler(connection.handle, 0, nil, nil) }
        do {
            return try body()
        } catch let error as DatabaseError where error.extendedCode == SQLITE_INTERRUPT {
            throw CancellationError()
        }
    }
}
