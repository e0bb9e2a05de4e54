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

    /// Changes that may wait for a watcher; one that is slower has to begin anew.
    private static let behind = 256
    /// How long a pipeline that runs may say nothing.
    package static let patience = Duration.minutes(10)

    private struct State {
        var watchers: [UInt64: (viewer: Viewer, channel: BoundedChannel<PipelineName>)] = [:]
        var next: UInt64 = 0
    }

    private let database: Database
    private let file: String
    private let patience: Duration
    private let state = Mutex(State())
    private let changes = BoundedChannel<Void>(capacity: 1)

    /// - Parameters:
    ///   - file: `pipeline_state.json`.
    ///   - patience: how long a pipeline that runs may say nothing before it is shown as stale.
    package init(_ database: Database, file: String, patience: Duration = PipelineBoard.patience) {
        (self.database, self.file, self.patience) = (database, file, patience)
    }

    /// Takes what is said of a pipeline.
    /// - Throws: `PipelineLimit`, `DatabaseError`.
    package func report(_ report: PipelineReport, name: String, owner: String, now: Timestamp = .now()) async throws
        -> PipelineState
    {
        let state = try await database.write { connection in
            let earlier = try Self.state(PipelineName(owner: owner, name: name), on: connection)
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
        tell(PipelineName(owner: owner, name: name))
        return shown(state, now)
    }

    /// Tells watchers and the file of a change.
    private func tell(_ name: PipelineName) {
        _ = changes.trySend(())
        for watcher in state.withLock({ Array($0.watchers.values) }) where watcher.viewer.mayPerceive(name.owner) {
            // One that is too slow does not miss it silently: it ends, and whoever watches begins anew.
            if !watcher.channel.trySend(name) { watcher.channel.finish() }
        }
    }

    private static func state(_ name: PipelineName, on connection: Connection) throws -> PipelineState? {
        try connection.first("SELECT state FROM pipeline WHERE owner = ? AND name = ?", name.owner, name.name, map: decoded)
    }

    /// The pipelines of an owner.
    static func states(of owner: String, on connection: Connection) throws -> [PipelineState] {
        try connection.query("SELECT state FROM pipeline WHERE owner = ? ORDER BY name", owner, map: decoded)
    }

    private static func decoded(_ row: Row) throws -> PipelineState {
        try JSON.decode(PipelineState.self, from: Bytes(try row.text("state").utf8))
    }

    private func shown(_ state: PipelineState, _ now: Timestamp) -> PipelineState {
        var state = state
        state.stale = state.status == .running && now.duration(since: state.updated) > patience
        return state
    }

    /// The pipelines that somebody may see, by name.
    package func states(for viewer: Viewer, now: Timestamp = .now()) async throws -> [PipelineState] {
        let owner: String? = if case .owner(let name) = viewer { name } else { nil }
        let states = try await database.read { connection in
            try connection.query(
                "SELECT state FROM pipeline WHERE ?1 IS NULL OR owner = ?1 ORDER BY name, owner", owner, map: Self.decoded)
        }
        return states.map { shown($0, now) }
    }

    /// Forgets a pipeline.
    /// - Returns: false when there is none.
    package func remove(_ name: String, owner: String) async throws -> Bool {
        let isGone = try await database.write { connection in
            try connection.execute("DELETE FROM pipeline WHERE owner = ? AND name = ?", owner, name)
            return connection.changes > 0
        }
        if isGone { tell(PipelineName(owner: owner, name: name)) }
        return isGone
    }

    /// Forgets all pipelines of an owner, in the file too.
    /// - Returns: how many.
    package func removeAll(of owner: String) async throws -> Int {
        let names = try await database.write { connection in
            try connection.query("DELETE FROM pipeline WHERE owner = ? RETURNING name", owner) { try $0.text("name") }
        }
        for name in names { tell(PipelineName(owner: owner, name: name)) }
        return names.count
    }

    /// Gives `body` every pipeline as it is now, then every change, until the task is cancelled or falls behind. What changed is
    /// read when it is given, so that what comes last is how it is.
    package func follow(_ viewer: Viewer, _ body: (PipelineNews) async throws -> Void) async throws {
        let channel = BoundedChannel<PipelineName>(capacity: Self.behind)
        let number = state.withLock { state in
            state.next += 1
            state.watchers[state.next] = (viewer, channel)
            return state.next
        }
        defer { state.withLock { $0.watchers[number] = nil } }
        for state in try await states(for: viewer) { try await body(.state(state)) }
        try await body(.ready)
        for try await name in channel {
            let state = try await database.read { try Self.state(name, on: $0) }
            try await body(state.map { .state(shown($0, .now())) } ?? .removed(name))
        }
    }

    /// Keeps the file as the states are, and tells of those that have gone silent, until the task is cancelled.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.writeFile() }
            group.addTask { try await self.watchSilence() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func watchSilence() async throws {
        var silent: Set<PipelineName> = []
        while true {
            do {
                let now = Set(try await states(for: .everyone).filter { $0.stale == true }.map(PipelineName.init))
                for name in now.subtracting(silent) { tell(name) }
                silent = now
            } catch {
                try Task.checkCancellation()
                Self.log.warning("pipelines that are silent are not found", ["error": .string("\(error)")])
            }
            try await Task.sleep(for: patience / 20)
        }
    }

    private func writeFile() async throws {
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
