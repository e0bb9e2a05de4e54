import Persistence

/// The tables of the fingerprint store.
enum FingerprintSchema {
    /// Owners are numbers because every row of the index begins with one: no search touches another owner's rows.
    static let migration = Migration(
        id: "fingerprints-1",
        sql: """
            CREATE TABLE fingerprint_owner (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
            CREATE TABLE fingerprint (
                number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner INTEGER NOT NULL, file TEXT NOT NULL, job TEXT NOT NULL,
                name TEXT NOT NULL, duration REAL NOT NULL, created INTEGER NOT NULL, items BLOB NOT NULL, UNIQUE (owner, file)
            ) STRICT;
            CREATE INDEX fingerprint_by_owner ON fingerprint(owner, id);
            CREATE TABLE fingerprint_term (
                owner INTEGER NOT NULL, term INTEGER NOT NULL, fingerprint INTEGER NOT NULL, position INTEGER NOT NULL,
                PRIMARY KEY (owner, term, fingerprint, position)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE fingerprint_duplicate (
                owner INTEGER NOT NULL, first INTEGER NOT NULL, second INTEGER NOT NULL, first_start REAL NOT NULL,
                second_start REAL NOT NULL, duration REAL NOT NULL, score REAL NOT NULL, PRIMARY KEY (owner, first, second)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX fingerprint_duplicate_by_second ON fingerprint_duplicate(owner, second);
            """)
}
