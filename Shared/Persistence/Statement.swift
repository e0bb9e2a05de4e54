import CSQLite

/// A prepared statement and the places of its columns.
final class Statement {
    let handle: OpaquePointer
    let columns: [String: Int32]
    /// Whether somebody is stepping through it: it can not serve a second run then.
    var isInUse = false
    private let connection: OpaquePointer

    init(_ sql: String, on connection: OpaquePointer) throws(DatabaseError) {
        var handle: OpaquePointer?
        let (status, hasMore) = sql.withCString { text in
            var rest: UnsafePointer<CChar>?
            let status = sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &rest)
            return (status, rest.map { !String(cString: $0).allSatisfy { $0.isWhitespace || $0 == ";" } } ?? false)
        }
        guard status == SQLITE_OK else { throw DatabaseError(code: status, connection) }
        guard let handle else { throw DatabaseError(.other, "the statement is empty") }
        guard !hasMore else {
            sqlite3_finalize(handle)
            throw DatabaseError(.other, "more than one statement: \(sql)")
        }
        var columns: [String: Int32] = [:]
        for index in 0..<sqlite3_column_count(handle) {
            if let name = sqlite3_column_name(handle, index) { columns[String(cString: name)] = index }
        }
        (self.handle, self.connection, self.columns) = (handle, connection, columns)
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Goes to the next row.
    /// - Returns: false after the last one.
    func next() throws(DatabaseError) -> Bool {
        let status = sqlite3_step(handle)
        switch status {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw DatabaseError(code: status, connection)
        }
    }

    /// Sets every parameter.
    /// - Throws: `DatabaseError` when their number differs from the statement's, or a value is longer than SQLite takes.
    func bind(_ values: [any SQLiteBindable]) throws(DatabaseError) {
        guard Int(sqlite3_bind_parameter_count(handle)) == values.count else {
            throw DatabaseError(.other, "the statement takes \(sqlite3_bind_parameter_count(handle)) values, \(values.count) given")
        }
        for (offset, value) in values.enumerated() {
            let status = bind(value.sqliteValue, at: Int32(offset + 1))
            guard status == SQLITE_OK else { throw DatabaseError(code: status, connection) }
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .real(let number): sqlite3_bind_double(handle, index, number)
        case .text(var text): text.withUTF8 { avs_sqlite_bind_text(handle, index, $0.baseAddress, UInt($0.count)) }
        case .blob(let bytes): bytes.withUnsafeBytes { avs_sqlite_bind_blob(handle, index, $0.baseAddress, UInt($0.count)) }
        case .null: sqlite3_bind_null(handle, index)
        }
    }

    /// Makes the statement ready for a run with other values in place of the present ones.
    func rewind() { sqlite3_reset(handle) }

    /// Makes the statement ready for its next run.
    func reset() {
        // The status repeats the error that `next` has thrown already.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}
