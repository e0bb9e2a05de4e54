import Primitives
import Synchronization

/// The reading connections, each used by one thread at a time.
final class Readers: Sendable {
    /// Reads that may wait or run; more are turned away.
    static let limit = 16_384

    // Connections leave and enter under the lock, so each is used by one thread at a time.
    private struct State: @unchecked Sendable {
        var free: [Connection]
        var active = 0
        var isClosed = false
        var closing: CheckedContinuation<Void, Never>?
    }

    private let threads: BlockingThreads
    private let state: Mutex<State>
    private let path: String

    init(_ path: String, count: Int) throws(DatabaseError) {
        var connections: [Connection] = []
        for _ in 0..<count { connections.append(try Self.connect(path)) }
        threads = BlockingThreads(name: "sqlite-reader", count: count)
        state = Mutex(State(free: connections))
        self.path = path
    }

    /// Runs `body` on a snapshot. Cancelling the task ends its query.
    func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await lent(on: threads) { [self] interruption in
            // As many connections as threads: one is always free here.
            guard let connection = state.withLock({ $0.free.popLast() }) else { throw DatabaseError.closed }
            defer { state.withLock { $0.free.append(connection) } }
            return try interruption.guarding(connection) {
                try connection.execute("BEGIN")
                defer { connection.rollback() }
                return try body(connection)
            }
        }
    }

    /// Copies the database as it is now, on a thread and a connection of its own so that reads go on.
    func backup(to target: String) async throws {
        let thread = BlockingThreads(name: "sqlite-backup", count: 1)
        defer { thread.stop() }
        try await lent(on: thread) { [self] interruption in
            let backup = Backup(source: try Self.connect(path), target: target)
            try backup.run { interruption.isCancelled || state.withLock(\.isClosed) }
        }
    }

    /// Ends what waits, lets what runs come to its end and closes the connections.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                guard state.active > 0 else { return true }
                state.closing = continuation
                return false
            }
            if isIdle { continuation.resume() }
        }
        state.withLock { $0.free.removeAll() }
        threads.stop()
    }

    /// Counts the work, so that `close` can wait for it, and ties it to the task's cancellation.
    private func lent<T: Sendable>(
        on threads: BlockingThreads, _ body: @escaping @Sendable (Interruption) throws -> T
    ) async throws -> T {
        try state.withLock { state in
            if state.isClosed { throw DatabaseError.closed }
            if state.active >= Self.limit { throw DatabaseError(.busy, "too many reads wait") }
            state.active += 1
        }
        defer { leave() }
        let interruption = Interruption()
        return try await withTaskCancellationHandler {
            try await threads.run { [self] in
                if interruption.isCancelled { throw CancellationError() }
                if state.withLock(\.isClosed) { throw DatabaseError.closed }
                return try body(interruption)
            }
        } onCancel: {
            interruption.cancel()
        }
    }

    private func leave() {
        let closing = state.withLock { state in
            state.active -= 1
            return state.active == 0 ? state.closing.take() : nil
        }
        closing?.resume()
    }

    private static func connect(_ path: String) throws(DatabaseError) -> Connection {
        let connection = try Connection(path: path, .reading)
        // KiB, instead of 2 MB for each: what the pages hold is in the system's own cache too.
        try connection.run(script: "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -256;")
        return connection
    }
}
