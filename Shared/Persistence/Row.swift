import CSQLite
package import Primitives

/// One row of a result, valid only inside the closure that it is given to.
package struct Row {
    let statement: OpaquePointer
    let columns: [String: Int32]

    package func text(_ column: String) throws(DatabaseError) -> String {
        guard let value = try optionalText(column) else { throw mismatch(column, "text") }
        return value
    }

    package func optionalText(_ column: String) throws(DatabaseError) -> String? {
        let index = try index(column)
        if isNull(index) { return nil }
        guard sqlite3_column_type(statement, index) == SQLITE_TEXT, let bytes = sqlite3_column_text(statement, index) else {
            throw mismatch(column, "text")
        }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, index))), as: UTF8.self)
    }

    package func integer(_ column: String) throws(DatabaseError) -> Int64 {
        guard let value = try optionalInteger(column) else { throw mismatch(column, "a whole number") }
        return value
    }

    package func optionalInteger(_ column: String) throws(DatabaseError) -> Int64? {
        let index = try index(column)
        if isNull(index) { return nil }
        guard sqlite3_column_type(statement, index) == SQLITE_INTEGER else { throw mismatch(column, "a whole number") }
        return sqlite3_column_int64(statement, index)
    }

    package func real(_ column: String) throws(DatabaseError) -> Double {
        guard let value = try optionalReal(column) else { throw mismatch(column, "a number") }
        return value
    }

    package func optionalReal(_ column: String) throws(DatabaseError) -> Double? {
        let index = try index(column)
        if isNull(index) { return nil }
        let type = sqlite3_column_type(statement, index)
        guard type == SQLITE_FLOAT || type == SQLITE_INTEGER else { throw mismatch(column, "a number") }
        return sqlite3_column_double(statement, index)
    }

    package func bool(_ column: String) throws(DatabaseError) -> Bool { try integer(column) != 0 }

    package func blob(_ column: String) throws(DatabaseError) -> Bytes {
        guard let value = try optionalBlob(column) else { throw mismatch(column, "bytes") }
        return value
    }

    package func optionalBlob(_ column: String) throws(DatabaseError) -> Bytes? {
        let index = try index(column)
        if isNull(index) { return nil }
        guard sqlite3_column_type(statement, index) == SQLITE_BLOB else { throw mismatch(column, "bytes") }
        let count = Int(sqlite3_column_bytes(statement, index))
        guard count > 0, let bytes = sqlite3_column_blob(statement, index) else { return [] }
        return Bytes(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    package func timestamp(_ column: String) throws(DatabaseError) -> Timestamp { Timestamp(milliseconds: try integer(column)) }

    package func optionalTimestamp(_ column: String) throws(DatabaseError) -> Timestamp? {
        try optionalInteger(column).map(Timestamp.init(milliseconds:))
    }

    private func index(_ column: String) throws(DatabaseError) -> Int32 {
        guard let index = columns[column] else { throw DatabaseError(.column, "the result has no column \(column)") }
        return index
    }

    private func isNull(_ index: Int32) -> Bool { sqlite3_column_type(statement, index) == SQLITE_NULL }

    private func mismatch(_ column: String, _ expected: String) -> DatabaseError {
        DatabaseError(.column, "the column \(column) is not \(expected)")
    }
}
