package import Contracts
import Cryptography
package import Persistence
import Primitives

/// The rows of jobs. Every function runs inside the transaction whose connection it is given.
package enum JobStore {
    package static let migrations =
        Outbox.migrations + [
            Migration(
                id: "jobs-1",
                sql: """
                    CREATE TABLE job (
                        id TEXT PRIMARY KEY, operation TEXT NOT NULL, owner TEXT NOT NULL, batch TEXT, state TEXT NOT NULL,
                        inputs TEXT NOT NULL, parameters TEXT NOT NULL, cache_key TEXT NOT NULL, cached INTEGER NOT NULL DEFAULT 0,
                        attempts INTEGER NOT NULL DEFAULT 0, worker TEXT, result TEXT, problem TEXT, traceparent TEXT,
                        created INTEGER NOT NULL, started INTEGER, finished INTEGER, enqueued INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX job_by_owner ON job(owner, id);
                    CREATE INDEX job_by_batch ON job(batch) WHERE batch IS NOT NULL;
                    CREATE INDEX job_open ON job(enqueued) WHERE state IN ('queued', 'running');
                    CREATE INDEX job_by_cache_key ON job(cache_key) WHERE state = 'succeeded';
                    CREATE TABLE idempotency (
                        owner TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, resource TEXT NOT NULL,
                        created INTEGER NOT NULL, PRIMARY KEY (owner, key)
                    ) STRICT, WITHOUT ROWID;
                    """),
            Migration(
                id: "jobs-2",
                sql: """
                    CREATE INDEX job_open_by_owner ON job(owner) WHERE state IN ('queued', 'running');
                    CREATE INDEX job_by_finish ON job(finished) WHERE finished IS NOT NULL;
                    ALTER TABLE job ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;
                    """),
        ] + BatchStore.migrations

    /// The key under which an identical job finds a stored result.
    static func cacheKey(_ operation: AnyOperation, _ inputs: [JobFile], _ parameters: JSONValue) -> String {
        // The name is part of it because outputs are named after their input.
        let document: JSONValue = [
            "operation": .string(operation.name), "version": .integer(Int64(operation.version)), "parameters": parameters,
            "inputs": .array(inputs.map { ["digest": .string($0.digest), "name": .string($0.name)] }),
        ]
        return Hex.encode(SHA256.hash(document.serialized()))
    }

    static func insert(_ job: JobDocument, cacheKey: String, on connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO job(id, operation, owner, batch, state, inputs, parameters, cache_key, cached, attempts, result, traceparent,
                created, started, finished, enqueued) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)
            """,
            job.id, job.operation, job.owner, job.batch, job.state.rawValue, try text(job.inputs),
            String(decoding: (job.parameters ?? [:]).serialized(), as: UTF8.self), cacheKey, job.cached, try job.result.map(text),
            TraceContext.current?.traceparent, job.created, job.started, job.finished, job.created)
    }

    /// - Returns: `nil` when there is no such job.
    package static func find(_ id: String, on connection: Connection) throws -> JobDocument? {
        try connection.first("SELECT * FROM job WHERE id = ?", id, map: document)
    }

    /// The traces that jobs were accepted under, to go on in their workers.
    static func traceparent(_ id: String, on connection: Connection) throws -> String? {
        try connection.first("SELECT traceparent FROM job WHERE id = ?", id) { try $0.optionalText("traceparent") } ?? nil
    }

    static func cachedResult(_ key: String, on connection: Connection) throws -> JobDocument? {
        try connection.first(
            "SELECT * FROM job WHERE cache_key = ? AND state = 'succeeded' ORDER BY id DESC LIMIT 1", key, map: document)
    }

    static func openCount(owner: String, on connection: Connection) throws -> Int {
        Int(
            // Left to itself SQLite would walk through all jobs that the owner ever had.
            try connection.first(
                """
                SELECT count(*) AS n FROM job INDEXED BY job_open_by_owner WHERE owner = ? AND state IN ('queued', 'running')
                """, owner
            ) { try $0.integer("n") } ?? 0)
    }

    /// The columns of a job without its parameters, which may be large.
    private static let brief = """
        id, operation, owner, batch, state, inputs, NULL AS parameters, cached, attempts, result, problem, created, started, finished
        """

    /// A job without its parameters.
    /// - Returns: `nil` when there is no such job.
    static func findBrief(_ id: String, on connection: Connection) throws -> JobDocument? {
        try connection.first("SELECT \(brief) FROM job WHERE id = ?", id, map: document)
    }

    /// One page of an owner's jobs, newest first, without their parameters.
    /// - Parameters:
    ///   - owner: `nil` for everyone's.
    ///   - cursor: the last identifier of the page before.
    static func page(
        owner: String?, batch: String?, state: JobState?, before cursor: String?, limit: Int, on connection: Connection
    ) throws -> [JobDocument] {
        // Only what is asked for stands in the statement, so that the indexes of owner and batch serve it.
        let conditions = [
            owner.map { _ in "owner = ?1 AND" }, batch.map { _ in "batch = ?2 AND" }, state.map { _ in "state = ?3 AND" },
        ]
        return try connection.query(
            """
            SELECT \(brief) FROM job WHERE \(conditions.compactMap(\.self).joined(separator: " ")) id < ifnull(?4, '~')
            ORDER BY id DESC LIMIT ?5
            """,
            owner, batch, state?.rawValue, cursor, limit, map: document)
    }

    /// Begins an attempt.
    /// - Returns: its number; `nil` when the job does not exist or has ended.
    static func begin(_ id: String, worker: String, on connection: Connection) throws -> Int? {
        let attempt = try connection.first(
            """
            UPDATE job SET state = 'running', worker = ?, attempts = attempts + 1, started = coalesce(started, ?), enqueued = ?
            WHERE id = ? AND state IN ('queued', 'running') RETURNING attempts
            """,
            worker, Timestamp.now(), Timestamp.now(), id
        ) { try $0.integer("attempts") }
        return attempt.map { Int($0) }
    }

    /// That an open job's latest attempt is `?1`, which was not told to stop since.
    private static let isCurrent = "state IN ('queued', 'running') AND attempts = ?1 AND attempts_before < ?1"

    /// - Returns: how many attempts there were since the job was last submitted, when this is the latest of an open job; else
    /// `nil`.
    static func tries(_ id: String, attempt: Int, on connection: Connection) throws -> Int? {
        try connection.first("SELECT attempts - attempts_before AS tries FROM job WHERE id = ?2 AND \(isCurrent)", attempt, id) {
            Int(try $0.integer("tries"))
        }
    }

    /// Ends a job that is still open.
    /// - Parameter attempt: only when this is its latest.
    /// - Returns: the job as it is now; `nil` when it had ended before, so that it ends once.
    static func end(
        _ id: String, _ state: JobState, result: JobResult? = nil, problem: JobProblem? = nil, attempt: Int? = nil,
        on connection: Connection
    ) throws -> JobDocument? {
        try connection.first(
            """
            UPDATE job SET state = ?3, result = ?4, problem = ?5, finished = ?6
            WHERE id = ?2 AND \(attempt == nil ? "state IN ('queued', 'running')" : isCurrent) RETURNING *
            """,
            attempt, id, state.rawValue, try result.map(text), try problem.map(text), Timestamp.now(), map: document)
    }

    /// Puts an open job back into the queue after an attempt that failed.
    /// - Parameter attempt: only when this is its latest.
    /// - Returns: the job as it is now; `nil` when it has ended meanwhile.
    static func requeue(
        _ id: String, after problem: JobProblem, attempt: Int, on connection: Connection
    ) throws -> JobDocument? {
        try connection.first(
            """
            UPDATE job SET state = 'queued', problem = ?3, worker = NULL, enqueued = ?4 WHERE id = ?2 AND \(isCurrent)
            RETURNING \(brief)
            """,
            attempt, id, try text(problem), Timestamp.now(), map: document)
    }

    /// Puts a failed or cancelled job into the queue as if it were new.
    /// - Returns: the job as it is now; `nil` when it is in another state.
    static func reopen(_ id: String, on connection: Connection) throws -> JobDocument? {
        try connection.first(
            """
            UPDATE job SET state = 'queued', problem = NULL, finished = NULL, result = NULL, worker = NULL, enqueued = ?,
                attempts_before = attempts
            WHERE id = ? AND state IN ('failed', 'cancelled') RETURNING *
            """,
            Timestamp.now(), id, map: document)
    }

    /// Open jobs of which nothing was heard since a moment, without their parameters.
    static func silent(since moment: Timestamp, limit: Int, on connection: Connection) throws -> [JobDocument] {
        try connection.query(
            "SELECT \(brief) FROM job WHERE state IN ('queued', 'running') AND enqueued < ? ORDER BY enqueued LIMIT ?", moment,
            limit, map: document)
    }

    /// Whether there is such a job.
    static func exists(_ id: String, on connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM job WHERE id = ?", id) { _ in true } ?? false
    }

    static func touch(_ ids: [String], on connection: Connection) throws {
        for id in ids { try connection.execute("UPDATE job SET enqueued = ? WHERE id = ?", Timestamp.now(), id) }
    }

    /// Jobs that ended before a moment, to be forgotten.
    static func expired(before moment: Timestamp, limit: Int, on connection: Connection) throws -> [String] {
        try connection.query("SELECT id FROM job WHERE finished < ? ORDER BY finished LIMIT ?", moment, limit) { try $0.text("id") }
    }

    static func delete(_ id: String, on connection: Connection) throws {
        try connection.execute("DELETE FROM job WHERE id = ?", id)
    }

    private static func document(_ row: Row) throws -> JobDocument {
        guard let state = JobState(rawValue: try row.text("state")) else {
            throw JobProblem(code: "corrupt-row", message: "a job row has an unknown state")
        }
        return JobDocument(
            id: try row.text("id"), operation: try row.text("operation"), state: state, owner: try row.text("owner"),
            batch: try row.optionalText("batch"), inputs: try value(try row.text("inputs")),
            parameters: try row.optionalText("parameters").map { try JSONValue(parsing: Bytes($0.utf8)) },
            progress: state == .succeeded ? 1 : 0, stage: nil,
            cached: try row.bool("cached"), attempts: Int(try row.integer("attempts")),
            result: try row.optionalText("result").map { try value($0) },
            problem: try row.optionalText("problem").map { try value($0) },
            created: try row.timestamp("created"), started: try row.optionalTimestamp("started"),
            finished: try row.optionalTimestamp("finished"))
    }

    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSON.encode(value), as: UTF8.self)
    }

    private static func value<T: Decodable>(_ text: String) throws -> T {
        try JSON.decode(T.self, from: Bytes(text.utf8))
    }
}
