import CSQLite

/// One connection to the database, used by one thread at a time; it is lent to the bodies of `write` and `read`.
package final class Connection {
    private static let cachedStatements = 256
    /// Done once, before the first connection.
    private static let isConfigured = avs_sqlite_without_memory_statistics() == SQLITE_OK
    let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// Set when a message was added to the outbox; publishers are woken after the commit.
    var appendedToOutbox = false

    /// What a connection may do.
    enum Access {
        case reading, writing
    }

    /// Opens a file; writing makes it when it is not there.
    init(path: String, _ access: Access) throws(DatabaseError) {
        guard Self.isConfigured else { throw DatabaseError(.other, "SQLite was in use before it could be configured") }
        var handle: OpaquePointer?
        let flags = access == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let status = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard status == SQLITE_OK, let handle else {
            let error = DatabaseError(code: status, handle)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    package var changes: Int { Int(sqlite3_changes64(handle)) }

    /// Runs a statement that gives no rows, or whose rows do not matter.
    /// - Throws: `DatabaseError`.
    package func execute(_ sql: String, _ bindings: any SQLiteBindable...) throws(DatabaseError) {
        let statement = try begin(sql, bindings)
        defer { end(statement) }
        while try statement.next() {}
    }

    /// Every row of a query.
    /// - Parameter map: makes a value of a row, which is valid only inside it.
    /// - Throws: `DatabaseError`, or what `map` throws.
    package func query<T>(_ sql: String, _ bindings: any SQLiteBindable..., map: (Row) throws -> T) throws -> [T] {
        let statement = try begin(sql, bindings)
        defer { end(statement) }
        var rows: [T] = []
        while try statement.next() { rows.append(try map(Row(statement: statement))) }
        return rows
    }

    /// The first row of a query.
    /// - Parameter map: makes a value of a row, which is valid only inside it.
    /// - Returns: `nil` when there is no row.
    /// - Throws: `DatabaseError`, or what `map` throws.
    package func first<T>(_ sql: String, _ bindings: any SQLiteBindable..., map: (Row) throws -> T) throws -> T? {
        let statement = try begin(sql, bindings)
        defer { end(statement) }
        guard try statement.next() else { return nil }
        // A changing statement with RETURNING has made all its changes before its first row (SQLite, RETURNING, section 2.1).
        return try map(Row(statement: statement))
    }

    /// Runs several statements without parameters.
    func run(script: String) throws(DatabaseError) {
        let status = sqlite3_exec(handle, script, nil, nil, nil)
        guard status == SQLITE_OK else { throw DatabaseError(code: status, handle) }
    }

    /// - Returns: a statement that nobody else steps through until `end`.
    func begin(_ sql: String) throws(DatabaseError) -> Statement {
        let statement = try prepared(sql)
        statement.isInUse = true
        return statement
    }

    private func begin(_ sql: String, _ bindings: [any SQLiteBindable]) throws(DatabaseError) -> Statement {
        let statement = try begin(sql)
        do {
            try statement.bind(bindings)
        } catch {
            end(statement)
            throw error
        }
        return statement
    }

    func end(_ statement: Statement) {
        statement.reset()
        statement.isInUse = false
    }

    private func prepared(_ sql: String) throws(DatabaseError) -> Statement {
        if let statement = statements[sql] {
            // A query inside the rows of the same query gets a statement of its own.
            return statement.isInUse ? try Statement(sql, on: handle) : statement
        }
        // The studio's statements are few and constant; only text made at run time can come here.
        if statements.count >= Self.cachedStatements { statements.removeAll() }
        let statement = try Statement(sql, on: handle)
        statements[sql] = statement
        return statement
    }
}
