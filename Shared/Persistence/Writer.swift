import Primitives
import Synchronization

/// The writing connection and its thread.
final class Writer: Sendable {
    /// Bodies in one transaction at most, so that the first does not wait for an endless rest.
    private static let batchLimit = 256

    /// A body that waits for its turn; `run` is called inside a savepoint, `finish` after the commit.
    private struct Pending: Sendable {
        let run: @Sendable (Connection) -> any Outcome
    }

    private struct State {
        var pending = Deque<Pending>()
        var isScheduled = false
        var isClosed = false
    }

    private let threads = BlockingThreads(name: "sqlite-writer", count: 1)
    private let state = Mutex(State())
    private let wakeUps = Mutex<[@Sendable () -> Void]>([])
    // Touched only on the writer's thread, after `open`.
    private nonisolated(unsafe) var connection: Connection?

    func open(_ path: String, _ migrations: [Migration], _ durability: Durability) async throws {
        try await threads.run { [self] in
            let connection = try Connection(path: path, isReader: false)
            try connection.run(
                script: """
                    PRAGMA journal_mode = WAL; PRAGMA synchronous = \(durability.rawValue); PRAGMA foreign_keys = ON;
                    PRAGMA wal_autocheckpoint = 4000; PRAGMA trusted_schema = OFF;
                    """)
            try Migration.apply(migrations, on: connection)
            self.connection = connection
        }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let pending = Pending { connection in
                TypedOutcome(continuation: continuation, result: Self.inSavepoint(connection, body))
            }
            let (accepted, schedule) = state.withLock { state in
                guard !state.isClosed else { return (false, false) }
                state.pending.append(pending)
                defer { state.isScheduled = true }
                return (true, !state.isScheduled)
            }
            guard accepted else { return continuation.resume(throwing: DatabaseError(.closed, "the database is closed")) }
            if schedule { self.schedule() }
        }
    }

    func onOutboxCommit(_ body: @escaping @Sendable () -> Void) {
        wakeUps.withLock { $0.append(body) }
    }

    func close() async {
        state.withLock { $0.isClosed = true }
        // Whatever was accepted before runs first: the thread takes its work in order.
        try? await threads.run { [self] in
            drainPending()
            try? connection?.run(script: "PRAGMA wal_checkpoint(TRUNCATE)")
            connection = nil
        }
        threads.stop()
    }

    private func schedule() {
        threads.post { [self] in drainPending() }
    }

    /// Commits batch after batch until nothing waits.
    private func drainPending() {
        while true {
            let batch = state.withLock { state in
                var batch: [Pending] = []
                while batch.count < Self.batchLimit, let next = state.pending.popFirst() { batch.append(next) }
                if batch.isEmpty { state.isScheduled = false }
                return batch
            }
            guard !batch.isEmpty else { return }
            commit(batch)
        }
    }

    private func commit(_ batch: [Pending]) {
        guard let connection else { return }
        connection.appendedToOutbox = false
        var outcomes: [any Outcome] = []
        do {
            try connection.run(script: "BEGIN IMMEDIATE")
            outcomes = batch.map { $0.run(connection) }
            try connection.run(script: "COMMIT")
        } catch {
            // After some errors, a full disk among them, SQLite has rolled back by itself.
            try? connection.run(script: "ROLLBACK")
            if outcomes.isEmpty { outcomes = batch.map { $0.run(connection) } }
            for outcome in outcomes { outcome.fail(error) }
            return
        }
        for outcome in outcomes { outcome.succeed() }
        if connection.appendedToOutbox { for wake in wakeUps.withLock({ $0 }) { wake() } }
    }

    private static func inSavepoint<T>(_ connection: Connection, _ body: (Connection) throws -> T) -> Result<T, any Error> {
        do {
            try connection.run(script: "SAVEPOINT body")
        } catch {
            return .failure(error)
        }
        do {
            let value = try body(connection)
            try connection.run(script: "RELEASE body")
            return .success(value)
        } catch {
            // Fails only when SQLite has rolled back the whole transaction, which the commit then tells.
            try? connection.run(script: "ROLLBACK TO body; RELEASE body")
            return .failure(error)
        }
    }
}

/// What a body gave, held back until the commit.
private protocol Outcome: Sendable {
    func succeed()
    func fail(_ error: any Error)
}

private struct TypedOutcome<T: Sendable>: Outcome {
    let continuation: CheckedContinuation<T, any Error>
    let result: Result<T, any Error>

    /// The transaction is on disk: the body's own result counts.
    func succeed() {
        continuation.resume(with: result)
    }

    /// The transaction is lost: success becomes failure, a failure of the body's own stays what it was.
    func fail(_ error: any Error) {
        continuation.resume(with: result.flatMap { _ in .failure(error) })
    }
}
