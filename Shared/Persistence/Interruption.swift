import CSQLite
import Synchronization

/// Ends a query when its task is cancelled.
final class Interruption: Sendable {
    /// The connection of a query that runs.
    // sqlite3_interrupt may be called from any thread while the connection is open, which `guarding` sees to.
    private struct Target: @unchecked Sendable {
        let handle: OpaquePointer
    }

    private struct State {
        var isCancelled = false
        var running: Target?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Ends the query that runs; what has not begun does not begin.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            // Under the lock, so that it can not hit the connection's next reader.
            if let running = state.running { sqlite3_interrupt(running.handle) }
        }
    }

    /// Runs `body`, which uses the connection.
    /// - Throws: `CancellationError` for a query that was interrupted; what `body` throws.
    func guarding<T>(_ connection: Connection, _ body: () throws -> T) throws -> T {
        let target = Target(handle: connection.handle)
        state.withLock { $0.running = target }
        defer { state.withLock { $0.running = nil } }
        do {
            return try body()
        } catch let error as DatabaseError where error.extendedCode == SQLITE_INTERRUPT {
            throw CancellationError()
        }
    }
}
