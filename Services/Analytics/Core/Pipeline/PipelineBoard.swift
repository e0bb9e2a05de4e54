import Glibc
package import Persistence
package import Primitives
import Synchronization

/// What the pipelines do now: kept in the store, told to whoever watches, and written to a file for those who look there.
package final class PipelineBoard: Sendable {
    package static let migrations = [
        Migration(
            id: "pipelines-1",
            sql: """
                CREATE TABLE pipeline(owner TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY(owner, name))
                STRICT, WITHOUT ROWID;
                """)
    ]
    /// Pipelines of one owner.
    private static let limit = 200
    private static let log = Log("analytics.pipelines")

    private struct State {
        var watchers: [UInt64: (viewer: Viewer, channel: BoundedChannel<PipelineState>)] = [:]
        var next: UInt64 = 0
    }

    private let database: Database
    private let file: String
    private let state = Mutex(State())
    private let changes = BoundedChannel<Void>(capacity: 1)

    /// - Parameter file: `pipeline_state.json`.
    package init(_ database: Database, file: String) {
        (self.database, self.file) = (database, file)
    }

    /// Takes what is said of a pipeline.
    /// - Throws: `PipelineLimit`, `DatabaseError`.
    package func report(_ report: PipelineReport, name: String, owner: String, now: Timestamp = .now()) async throws
        -> PipelineState
    {
        let state = try await database.write { connection in
            let earlier = try connection.first("SELECT state FROM pipeline WHERE owner = ? AND name = ?", owner, name) {
                try JSON.decode(PipelineState.self, from: Bytes(try $0.text("state").utf8))
            }
            if earlier == nil {
                let count = try connection.first("SELECT count(*) AS n FROM pipeline WHERE owner = ?", owner) {
                    try $0.integer("n")
                }
                guard (count ?? 0) < Self.limit else { throw PipelineLimit(limit: Self.limit) }
            }
            let state = report.applied(to: earlier, name: name, owner: owner, now: now)
            try connection.execute(
                "INSERT INTO pipeline VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state", owner, name,
                String(decoding: try JSON.encode(state), as: UTF8.self))
            return state
        }
        _ = changes.trySend(())
        for watcher in self.state.withLock({ Array($0.watchers.values) }) where watcher.viewer.mayPerceive(owner) {
            // One that is slow misses it and sees the next.
            _ = watcher.channel.trySend(state)
        }
        return state
    }

    /// The pipelines that somebody may see, by name.
    package func states(for viewer: Viewer) async throws -> [PipelineState] {
        let owner: String? = if case .owner(let name) = viewer { name } else { nil }
        return try await database.read { connection in
            try connection.query("SELECT state FROM pipeline WHERE ?1 IS NULL OR owner = ?1 ORDER BY name, owner", owner) {
                try JSON.decode(PipelineState.self, from: Bytes(try $0.text("state").utf8))
            }
        }
    }

    /// Forgets a pipeline.
    /// - Returns: false when there is none.
    package func remove(_ name: String, owner: String) async throws -> Bool {
        let isGone = try await database.write { connection in
            try connection.execute("DELETE FROM pipeline WHERE owner = ? AND name = ?", owner, name)
            return connection.changes > 0
        }
        _ = changes.trySend(())
        return isGone
    }

    /// Gives `body` every pipeline as it is now, then every change, until the task is cancelled.
    package func follow(_ viewer: Viewer, _ body: (PipelineState) async throws -> Void) async throws {
        let channel = BoundedChannel<PipelineState>(capacity: 256)
        let number = state.withLock { state in
            state.next += 1
            state.watchers[state.next] = (viewer, channel)
            return state.next
        }
        defer { state.withLock { $0.watchers[number] = nil } }
        for state in try await states(for: viewer) { try await body(state) }
        for try await state in channel { try await body(state) }
    }

    /// Keeps the file as the states are, until the task is cancelled.
    package func run() async throws {
        while true {
            do {
                let states = try await states(for: .everyone)
                let document = JSONValue.object(["pipelines": try JSONValue(encoding: states)])
                try replaceFile(document.serialized(pretty: true))
            } catch {
                try Task.checkCancellation()
                Self.log.warning("the file of the pipelines can not be written", ["error": .string("\(error)")])
            }
            _ = try await changes.next()
            // However many changes come, the file is written ten times a second at most.
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Whoever reads the file reads all of one state.
    private func replaceFile(_ bytes: Bytes) throws {
        let partial = file + ".partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileFailure(path: partial, errorNumber: errno) }
        let written = write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard written == bytes.count, rename(partial, file) == 0 else { throw FileFailure(path: file, errorNumber: errno) }
    }

    private struct FileFailure: Error {
        let path: String
        let errorNumber: Int32
    }
}

extension Viewer {
    func mayPerceive(_ owner: String) -> Bool { self == .everyone || self == .owner(owner) }
}

/// An owner has as many pipelines as anybody may.
package struct PipelineLimit: CodedError {
    let limit: Int
    package var code: String { "too-many-pipelines" }
    package var message: String { "an owner has at most \(limit) pipelines; DELETE /api/pipelines/{name} forgets one" }
}
