import Contracts
import Persistence
import Primitives

/// The rows of batches and their items. Every function runs inside the transaction whose connection it is given.
enum BatchStore {
    static let migrations = [
        Migration(
            id: "batches-1",
            sql: """
                CREATE TABLE batch (id TEXT PRIMARY KEY, owner TEXT NOT NULL, steps TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
                CREATE TABLE batch_item (
                    batch TEXT NOT NULL, position INTEGER NOT NULL, source TEXT NOT NULL, parameters TEXT NOT NULL, file TEXT,
                    step INTEGER NOT NULL DEFAULT 0, job TEXT, state TEXT NOT NULL DEFAULT 'queued', problem TEXT,
                    PRIMARY KEY (batch, position)
                ) STRICT;
                CREATE INDEX batch_item_by_job ON batch_item(job) WHERE job IS NOT NULL;
                CREATE INDEX batch_item_open ON batch_item(batch, position) WHERE state IN ('queued', 'running');
                """),
        // What differs for an input; the steps' own parameters stand once in the batch.
        Migration(
            id: "batches-2",
            sql: """
                ALTER TABLE batch_item DROP COLUMN parameters;
                ALTER TABLE batch_item ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';
                """),
        Migration(
            id: "batches-3",
            sql: """
                ALTER TABLE batch_item ADD COLUMN fetch_attempts INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE batch_item ADD COLUMN fetch_after INTEGER NOT NULL DEFAULT 0;
                """),
    ]

    /// A batch without its items.
    struct Batch: Sendable {
        let id: String
        let owner: String
        let steps: [BatchStep]
        let created: Timestamp
    }

    /// Which item of which batch.
    struct Place: Hashable, Sendable {
        let batch: String
        let position: Int
    }

    /// One input on its way through the steps.
    struct Item: Sendable {
        var place: Place { Place(batch: batch, position: position) }
        let batch: String
        let position: Int
        let source: BatchInput.Source
        let overrides: [String: JSONValue]
        /// `nil` while a URL has not been fetched.
        let file: JobFile?
        /// How often the URL was asked in vain.
        var fetchAttempts = 0
        /// From 0.
        let step: Int
        /// Of the step; `nil` before the first one.
        let job: String?
        let state: JobState
        let problem: JobProblem?
    }

    static func insert(_ batch: Batch, _ items: [Item], on connection: Connection) throws {
        try connection.execute(
            "INSERT INTO batch VALUES (?, ?, ?, ?)", batch.id, batch.owner, try text(batch.steps), batch.created)
        for item in items {
            try connection.execute(
                "INSERT INTO batch_item(batch, position, source, overrides, file) VALUES (?, ?, ?, ?, ?)", item.batch,
                item.position, try text(item.source), try text(item.overrides), try item.file.map(text))
        }
    }

    static func find(_ id: String, on connection: Connection) throws -> Batch? {
        try connection.first("SELECT * FROM batch WHERE id = ?", id) { row in
            Batch(
                id: try row.text("id"), owner: try row.text("owner"), steps: try value(row.text("steps")),
                created: try row.timestamp("created"))
        }
    }

    static func items(_ batch: String, on connection: Connection) throws -> [Item] {
        try connection.query("SELECT * FROM batch_item WHERE batch = ? ORDER BY position", batch, map: item)
    }

    /// Items of which no job exists yet.
    static func waitingCount(owner: String, on connection: Connection) throws -> Int {
        Int(
            try connection.first(
                """
                SELECT count(*) AS n FROM batch_item JOIN batch ON batch.id = batch_item.batch
                WHERE state = 'queued' AND owner = ?
                """,
                owner
            ) { try $0.integer("n") } ?? 0)
    }

    /// Open items that have their file and no job that is under way.
    static func due(limit: Int, on connection: Connection) throws -> [Item] {
        try connection.query(
            """
            SELECT batch_item.* FROM batch_item LEFT JOIN job ON job.id = batch_item.job
            WHERE batch_item.state IN ('queued', 'running') AND file IS NOT NULL
                AND (job.id IS NULL OR job.state NOT IN ('queued', 'running')) LIMIT ?
            """,
            limit, map: item)
    }

    /// The oldest open items of every owner whose file is still elsewhere: the first of each owner before the second of any.
    /// - Parameters:
    ///   - count: of one owner.
    ///   - latest: the owner whose turn was last; those who come after them in the alphabet are next.
    ///   - now: items that wait to be tried again are left out until their time.
    static func unfetched(
        ofOwner count: Int, after latest: String, now: Timestamp, on connection: Connection
    ) throws -> [(item: Item, owner: String)] {
        try connection.query(
            """
            SELECT * FROM (
                SELECT batch_item.*, owner, row_number() OVER (PARTITION BY owner ORDER BY batch, position) AS place
                FROM batch_item JOIN batch ON batch.id = batch_item.batch
                WHERE state IN ('queued', 'running') AND file IS NULL AND fetch_after <= ?3)
            WHERE place <= ?1 ORDER BY place, owner <= ?2, owner
            """,
            count, latest, now
        ) { (try item($0), try $0.text("owner")) }
    }

    /// Lets an item whose URL did not answer wait.
    static func postpone(_ item: Item, until time: Timestamp, on connection: Connection) throws {
        try connection.execute(
            "UPDATE batch_item SET fetch_attempts = fetch_attempts + 1, fetch_after = ? WHERE batch = ? AND position = ?", time,
            item.batch, item.position)
    }

    /// Notes the file that a URL gave.
    /// - Returns: false when the item has ended meanwhile.
    static func place(_ file: JobFile, _ item: Item, on connection: Connection) throws -> Bool {
        try connection.execute(
            "UPDATE batch_item SET file = ? WHERE batch = ? AND position = ? AND file IS NULL AND state = 'queued'",
            try text(file), item.batch, item.position)
        return connection.changes == 1
    }

    /// Puts an item at a step with its job.
    /// - Returns: false when the item has moved or ended meanwhile; then nothing is changed.
    static func place(_ job: String, step: Int, _ item: Item, on connection: Connection) throws -> Bool {
        try connection.execute(
            """
            UPDATE batch_item SET job = ?, step = ?, state = 'running'
            WHERE batch = ? AND position = ? AND job IS ? AND state IN ('queued', 'running')
            """,
            job, step, item.batch, item.position, item.job)
        return connection.changes == 1
    }

    /// Ends an item that is still open and at the same job.
    static func end(_ item: Item, _ state: JobState, _ problem: JobProblem? = nil, on connection: Connection) throws {
        try connection.execute(
            """
            UPDATE batch_item SET state = ?, problem = ?
            WHERE batch = ? AND position = ? AND job IS ? AND state IN ('queued', 'running')
            """,
            state.rawValue, try problem.map(text), item.batch, item.position, item.job)
    }

    /// Lets a failed or cancelled item go on: with its job, or from the beginning.
    static func reopen(_ item: Item, on connection: Connection) throws {
        try connection.execute(
            """
            UPDATE batch_item SET state = ?, problem = NULL, fetch_attempts = 0, fetch_after = 0
            WHERE batch = ? AND position = ? AND state IN ('failed', 'cancelled')
            """,
            (item.job == nil ? JobState.queued : .running).rawValue, item.batch, item.position)
    }

    /// Lets the item of a job that is run again go on.
    static func reopen(job: String, on connection: Connection) throws {
        try connection.execute(
            "UPDATE batch_item SET state = 'running', problem = NULL WHERE job = ? AND state IN ('failed', 'cancelled')", job)
    }

    /// Forgets ended batches of before a moment.
    static func forget(before moment: Timestamp, on connection: Connection) throws {
        let old = """
            SELECT id FROM batch WHERE created < ? AND NOT EXISTS (
                SELECT 1 FROM batch_item WHERE batch = batch.id AND state IN ('queued', 'running'))
            """
        try connection.execute("DELETE FROM batch_item WHERE batch IN (\(old))", moment)
        try connection.execute("DELETE FROM batch WHERE id IN (\(old))", moment)
    }

    private static func item(_ row: Row) throws -> Item {
        guard let state = JobState(rawValue: try row.text("state")) else {
            throw JobProblem(code: "corrupt-row", message: "a batch item's row has an unknown state")
        }
        return Item(
            batch: try row.text("batch"), position: Int(try row.integer("position")), source: try value(row.text("source")),
            overrides: try value(row.text("overrides")), file: try row.optionalText("file").map { try value($0) },
            fetchAttempts: Int(try row.integer("fetch_attempts")), step: Int(try row.integer("step")),
            job: try row.optionalText("job"), state: state,
            problem: try row.optionalText("problem").map { try value($0) })
    }

    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSON.encode(value), as: UTF8.self)
    }

    private static func value<T: Decodable>(_ text: String) throws -> T {
        try JSON.decode(T.self, from: Bytes(text.utf8))
    }
}
