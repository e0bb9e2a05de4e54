import CSQLite

extension Connection {
    /// Whether a transaction is open; SQLite ends one by itself after some errors, a full disk among them.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Runs `body` so that only its own changes are taken back when it throws.
    ///
    /// The transaction is no longer open afterwards when SQLite has taken back more than that.
    /// - Throws: what `body` throws; `DatabaseError` when it leaves a deferred foreign key that does not hold.
    func inSavepoint<T>(_ body: (Connection) throws -> T) throws -> T {
        try execute("SAVEPOINT body")
        do {
            let value = try body(self)
            // Left to the commit, it would fail everybody's changes.
            guard avs_sqlite_deferred_violations(handle) == 0 else {
                throw DatabaseError(
                    .constraint, "FOREIGN KEY constraint failed: deferred", extendedCode: SQLITE_CONSTRAINT | (3 << 8))
            }
            try execute("RELEASE body")
            return value
        } catch {
            guard isInTransaction else { throw error }
            do {
                try execute("ROLLBACK TO body")
                try execute("RELEASE body")
            } catch {
                rollback()
                throw error
            }
            throw error
        }
    }

    /// Takes the transaction back if one is open.
    func rollback() {
        guard isInTransaction else { return }
        // Whatever it answers, the transaction is over: a rollback fails only when SQLite has made it before.
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }
}
