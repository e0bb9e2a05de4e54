import Primitives
import Synchronization

/// The reading connections, each used by one thread at a time.
final class Readers: Sendable {
    // Connections are handed out under the lock, so each is used by one thread at a time.
    private struct Pool: @unchecked Sendable {
        var free: [Connection]
    }

    private let threads: BlockingThreads
    private let pool: Mutex<Pool>
    private let path: String

    init(_ path: String, count: Int) throws {
        threads = BlockingThreads(name: "sqlite-reader", count: count)
        var connections: [Connection] = []
        for _ in 0..<count { connections.append(try Self.connect(path)) }
        pool = Mutex(Pool(free: connections))
        self.path = path
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await threads.run { [self] in
            // As many connections as threads: one is always free here.
            guard let connection = pool.withLock({ $0.free.popLast() }) else { throw DatabaseError(.closed, "the database is closed") }
            defer { pool.withLock { $0.free.append(connection) } }
            try connection.run(script: "BEGIN")
            defer { try? connection.run(script: "COMMIT") }
            return try body(connection)
        }
    }

    /// Runs `body` on a connection of its own, outside a transaction.
    func alone<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await threads.run { [path] in try body(Self.connect(path)) }
    }

    func close() async {
        threads.stop()
        pool.withLock { $0.free.removeAll() }
    }

    private static func connect(_ path: String) throws -> Connection {
        let connection = try Connection(path: path, isReader: true)
        try connection.run(script: "PRAGMA query_only = ON;")
        return connection
    }
}
