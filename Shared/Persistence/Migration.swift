/// A step of the schema's history, applied once, in order, in a transaction of its own.
package struct Migration: Sendable {
    /// Never changes once released.
    package let id: String
    /// One or more statements; never changes once released: a changed text stops the start.
    package let sql: String

    package init(id: String, sql: String) {
        (self.id, self.sql) = (id, sql)
    }

    /// Applies what has not been applied yet.
    ///
    /// What is recorded is the whole text, not a digest of it, so that an old file can tell its own history.
    /// - Throws: `DatabaseError` with `.migration` when an applied step was changed, or is unknown because a newer release
    ///   made it; what SQLite says when a step fails, with nothing of that step left.
    static func apply(_ migrations: [Migration], on connection: Connection) throws {
        try connection.execute("CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT")
        let applied = try connection.query("SELECT id, sql FROM migration") {
            Migration(id: try $0.text("id"), sql: try $0.text("sql"))
        }
        var known: [String: String] = [:]
        for migration in migrations {
            guard known.updateValue(migration.sql, forKey: migration.id) == nil else {
                throw DatabaseError(.migration, "two migrations are named \(migration.id)")
            }
        }
        for step in applied {
            guard let sql = known[step.id] else {
                throw DatabaseError(.migration, "the migration \(step.id) is unknown: a newer release has used this file")
            }
            guard sql == step.sql else {
                throw DatabaseError(.migration, "the migration \(step.id) was changed after it was applied")
            }
        }
        for migration in migrations where !applied.contains(where: { $0.id == migration.id }) {
            try migration.apply(on: connection)
        }
    }

    private func apply(on connection: Connection) throws {
        try connection.execute("BEGIN IMMEDIATE")
        do {
            try connection.run(script: sql)
            try connection.execute("INSERT INTO migration(id, sql) VALUES (?, ?)", id, sql)
            try connection.execute("COMMIT")
        } catch {
            connection.rollback()
            throw error
        }
    }
}
