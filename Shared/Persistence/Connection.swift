import CSQLite
import Primitives

/// One connection to the database, used by one thread at a time; it is lent to the bodies of `write` and `read`.
package final class Connection {
    private static let cachedStatements = 128
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// Told after the commit that an outbox grew.
    var appendedToOutbox = false

    /// Opens a file.
    /// - Parameter isReader: opens for reading only.
    init(path: String, isReader: Bool) throws(DatabaseError) {
        var handle: OpaquePointer?
        let access = isReader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let status = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
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

    /// Rows that the last statement changed.
    package var changes: Int { Int(sqlite3_changes64(handle)) }

    /// Runs a statement that gives no rows.
    /// - Throws: `DatabaseError`.
    package func execute(_ sql: String, _ bindings: any SQLiteBindable...) throws(DatabaseError) {
        try step(sql, bindings) { _ in }
    }

    /// Runs several statements without parameters.
    func run(script: String) throws(DatabaseError) {
        let status = sqlite3_exec(handle, script, nil, nil, nil)
        guard status == SQLITE_OK else { throw DatabaseError(code: status, handle) }
    }

    /// Every row of a query.
    /// - Throws: `DatabaseError`, or what `map` throws.
    package func query<T>(_ sql: String, _ bindings: any SQLiteBindable..., map: (Row) throws -> T) throws -> [T] {
        var rows: [T] = []
        var failure: (any Error)?
        try step(sql, bindings) { row in
            guard failure == nil else { return }
            do { rows.append(try map(row)) } catch { failure = error }
        }
        if let failure { throw failure }
        return rows
    }

    /// The first row of a query.
    /// - Throws: `DatabaseError`, or what `map` throws.
    package func first<T>(_ sql: String, _ bindings: any SQLiteBindable..., map: (Row) throws -> T) throws -> T? {
        var result: Result<T, any Error>?
        try step(sql, bindings) { row in
            if result == nil { result = Result { try map(row) } }
        }
        return try result?.get()
    }

    private func step(_ sql: String, _ bindings: [any SQLiteBindable], _ onRow: (Row) -> Void) throws(DatabaseError) {
        let statement = try prepared(sql)
        try statement.bind(bindings.map(\.sqliteValue), on: handle)
        defer { statement.reset() }
        while true {
            let status = sqlite3_step(statement.handle)
            switch status {
            case SQLITE_ROW: onRow(Row(statement: statement.handle, columns: statement.columns))
            case SQLITE_DONE: return
            default: throw DatabaseError(code: status, handle)
            }
        }
    }

    private func prepared(_ sql: String) throws(DatabaseError) -> Statement {
        if let statement = statements[sql] { return statement }
        if statements.count >= Self.cachedStatements { statements.removeAll() }
        let statement = try Statement(sql, on: handle)
        statements[sql] = statement
        return statement
    }

    /// Copies the whole database to a new file, step by step so that writers go on between the steps.
    func backup(to path: String) throws(DatabaseError) {
        let target = try Connection(path: path, isReader: false)
        guard let backup = sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw DatabaseError(code: sqlite3_errcode(target.handle), target.handle)
        }
        var status = SQLITE_OK
        repeat {
            status = sqlite3_backup_step(backup, 1024)
            if status == SQLITE_BUSY || status == SQLITE_LOCKED { sqlite3_sleep(10) }
        } while status == SQLITE_OK || status == SQLITE_BUSY || status == SQLITE_LOCKED
        sqlite3_backup_finish(backup)
        guard status == SQLITE_DONE else { throw DatabaseError(code: status, target.handle) }
    }
}
