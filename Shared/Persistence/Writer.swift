import Primitives
import Synchronization

/// The writing connection and its thread: the only one that changes the file, and the only one that checkpoints its log.
final class Writer: Sendable {
    /// Bodies in one transaction at most, so that the first does not wait for an endless rest.
    static let batchLimit = 256
    /// Bodies that may wait; more are turned away.
    static let waitingLimit = 16_384

    private struct State {
        var pending = Deque<PendingWrite>()
        var isDraining = false
        var isClosed = false
    }

    private let threads = BlockingThreads(name: "sqlite-writer", count: 1)
    private let state = Mutex(State())
    private let wakeUps = Mutex<[@Sendable () -> Void]>([])
    // Touched only on the writer's one thread.
    private nonisolated(unsafe) var connection: Connection?

    func open(_ path: String, _ migrations: [Migration], _ durability: Durability) async throws(DatabaseError) {
        try await threads.perform { [self] in
            let connection = try Connection(path: path, .writing)
            let mode = try connection.first("PRAGMA journal_mode = WAL") { try $0.text("journal_mode") }
            guard mode == "wal" else { throw DatabaseError(.io, "the file system of \(path) can not hold a write-ahead log") }
            try connection.run(
                script: """
                    PRAGMA synchronous = \(durability.rawValue); PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000;
                    PRAGMA trusted_schema = OFF; PRAGMA cache_size = -1024;
                    """)
            try Migration.apply(migrations, on: connection)
            self.connection = connection
        }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let write = PendingWrite(body, continuation)
            let (refusal, isFirst) = state.withLock { state -> (DatabaseError?, Bool) in
                if state.isClosed { return (.closed, false) }
                if state.pending.count >= Self.waitingLimit { return (DatabaseError(.busy, "too many writes wait"), false) }
                state.pending.append(write)
                defer { state.isDraining = true }
                return (nil, !state.isDraining)
            }
            if let refusal { write.fail(refusal) }
            if isFirst { threads.post { [self] in drain() } }
        }
    }

    /// Registers a wake-up after every commit that appended to the outbox.
    func onOutboxCommit(_ body: @escaping @Sendable () -> Void) {
        wakeUps.withLock { $0.append(body) }
    }

    /// Commits what was accepted, writes the log back and closes the connection.
    func close() async throws(DatabaseError) {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        if wasClosed { return }
        defer { threads.stop() }
        try await threads.perform { [self] in
            // Whatever was accepted has been drained: the thread takes its work in order.
            defer { connection = nil }
            try connection?.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Commits batch after batch until nothing waits. Callers that come while a batch is flushed make up the next one, which
    /// is what makes the batches grow with the load.
    private func drain() {
        while true {
            let batch = state.withLock { state in
                var batch: [PendingWrite] = []
                while batch.count < Self.batchLimit, let next = state.pending.popFirst() { batch.append(next) }
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            guard !batch.isEmpty else { return }
            var waiting = batch[...]
            while !waiting.isEmpty { commit(&waiting) }
        }
    }

    /// Runs writes in one transaction, until one makes SQLite take it back; the rest is left in `writes`.
    private func commit(_ writes: inout ArraySlice<PendingWrite>) {
        guard let connection else { return writes.failAll(.closed) }
        connection.appendedToOutbox = false
        do {
            try connection.execute("BEGIN IMMEDIATE")
        } catch {
            return writes.failAll(error)
        }
        var attempts: [PendingWrite.Attempt] = []
        do {
            while let write = writes.popFirst() {
                let attempt = write.run(connection)
                attempts.append(attempt)
                // Going on would run the next body outside of any transaction.
                guard connection.isInTransaction else { throw attempt.lossForOthers }
            }
            try connection.execute("COMMIT")
        } catch {
            connection.rollback()
            for attempt in attempts { attempt.settle(error) }
            return
        }
        for attempt in attempts { attempt.settle(nil) }
        if connection.appendedToOutbox {
            for wake in wakeUps.withLock({ $0 }) { wake() }
        }
    }
}

extension DatabaseError {
    static let closed = DatabaseError(.closed, "the database is closed")
}

extension ArraySlice<PendingWrite> {
    fileprivate mutating func failAll(_ error: DatabaseError) {
        for write in self { write.fail(error) }
        removeAll()
    }
}
