import CSQLite

/// A step of the schema's history, applied once, in order, in a transaction of its own.
package struct Migration: Sendable {
    /// Never changes once released.
    package let id: String
    /// Never changes once released; a changed text stops the start.
    package let sql: String

    package init(id: String, sql: String) {
        (self.id, self.sql) = (id, sql)
    }

    /// Applies what has not been applied yet.
    /// - Throws: `DatabaseError` with `.migration` when an applied step was changed or removed.
    static func apply(_ migrations: [Migration], on connection: Connection) throws {
        try connection.run(script: "CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT;")
        let applied = try connection.query("SELECT id, sql FROM migration") { (id: try $0.text("id"), sql: try $0.text("sql")) }
        for step in applied {
            guard migrations.contains(where: { $0.id == step.id && $0.sql == step.sql }) else {
                throw DatabaseError(.migration, "the migration \(step.id) was changed or removed after it was applied")
            }
        }
        for migration in migrations where !applied.contains(where: { $0.id == migration.id }) {
            try connection.run(script: "BEGIN IMMEDIATE")
            do {
                try connection.run(script: migration.sql)
                try connection.execute("INSERT INTO migration(id, sql) VALUES (?, ?)", migration.id, migration.sql)
                try connection.run(script: "COMMIT")
            } catch {
                try connection.run(script: "ROLLBACK")
                throw error
            }
        }
    }
}
