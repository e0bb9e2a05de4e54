package import Persistence

/// The tables of the analytics.
package enum AnalyticsSchema {
    package static let migrations =
        [
            Migration(
                id: "analytics-1",
                sql: """
                    -- Texts that many rows share, by kind (see NameTable).
                    CREATE TABLE name(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE(kind, text)) STRICT;
                    -- Which names an owner uses, so that one alone can not use up all.
                    CREATE TABLE holding(
                        owner INTEGER NOT NULL, kind INTEGER NOT NULL, name INTEGER NOT NULL, last_day INTEGER NOT NULL,
                        PRIMARY KEY(owner, kind, name)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE run(
                        number INTEGER PRIMARY KEY, owner INTEGER NOT NULL, id TEXT NOT NULL, script INTEGER NOT NULL,
                        status TEXT, started INTEGER NOT NULL, ended INTEGER, error_type TEXT, error TEXT, labels TEXT,
                        UNIQUE(owner, id)
                    ) STRICT;
                    CREATE INDEX run_by_start ON run(started);
                    CREATE INDEX run_by_owner ON run(owner, started);
                    -- One tree in the order of time, so that rows are added at its end and old ones leave at its beginning.
                    CREATE TABLE metric(
                        time INTEGER NOT NULL, seq INTEGER NOT NULL, owner INTEGER NOT NULL, script INTEGER NOT NULL,
                        type INTEGER NOT NULL, run INTEGER, value REAL NOT NULL, labels TEXT, PRIMARY KEY(time, seq)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX metric_by_run ON metric(run) WHERE run IS NOT NULL;
                    -- Sums by minute (1), hour (2) and day (3), of each owner and of all together (owner 0). Exact: see ExactSum.
                    CREATE TABLE rollup(
                        level INTEGER NOT NULL, owner INTEGER NOT NULL, type INTEGER NOT NULL, bucket INTEGER NOT NULL,
                        script INTEGER NOT NULL, n INTEGER NOT NULL, whole INTEGER NOT NULL, nano INTEGER NOT NULL,
                        low REAL NOT NULL, high REAL NOT NULL, PRIMARY KEY(level, owner, type, bucket, script)
                    ) STRICT, WITHOUT ROWID;
                    -- Sums by day of labels' values (see Dimension).
                    CREATE TABLE breakdown(
                        owner INTEGER NOT NULL, dimension INTEGER NOT NULL, type INTEGER NOT NULL, day INTEGER NOT NULL,
                        value INTEGER NOT NULL, n INTEGER NOT NULL, whole INTEGER NOT NULL, nano INTEGER NOT NULL,
                        PRIMARY KEY(owner, dimension, type, day, value)
                    ) STRICT, WITHOUT ROWID;
                    -- What has been recorded: places in streams as ranges, and identifiers by the week they came in.
                    CREATE TABLE applied(
                        stream TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(stream, first)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE message_id(week INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(week, id)) STRICT, WITHOUT ROWID;
                    -- Counts of the service's whole life, and of what it refused, by day.
                    CREATE TABLE tally(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE TABLE refusal(
                        day INTEGER NOT NULL, code TEXT NOT NULL, n INTEGER NOT NULL, example TEXT NOT NULL, PRIMARY KEY(day, code)
                    ) STRICT, WITHOUT ROWID;
                    """),
            // Names this database to those who are told of what it records (see TakenMessage).
            Migration(id: "analytics-2", sql: "INSERT INTO tally VALUES ('store', abs(random() / 2))"),
            // 1 for measurements that would be suspicious beside an equal one (see Measurement.isComparable).
            Migration(id: "analytics-3", sql: "ALTER TABLE metric ADD COLUMN comparable INTEGER"),
        ] + Outbox.migrations
}

/// The lengths of time that sums are kept for.
package enum RollupLevel: Int64, CaseIterable, Sendable {
    case minute = 1
    case hour, day

    /// In milliseconds.
    package var length: Int64 {
        switch self {
        case .minute: 60_000
        case .hour: 3_600_000
        case .day: 86_400_000
        }
    }

    /// The number of the bucket that a moment belongs to, counted from 1970.
    package func bucket(_ milliseconds: Int64) -> Int64 {
        milliseconds >= 0 ? milliseconds / length : (milliseconds - length + 1) / length
    }
}
