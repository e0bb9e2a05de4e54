import CSQLite
package import Primitives

/// One row of a result, valid only inside the closure that it is given to. Every error names the column.
package struct Row {
    private let statement: Statement

    init(statement: Statement) {
        self.statement = statement
    }

    /// - Throws: `DatabaseError` when the column is missing, NULL or not text; so for the other types.
    package func text(_ column: String) throws(DatabaseError) -> String {
        try required(optionalText(column), column, "text")
    }

    package func optionalText(_ column: String) throws(DatabaseError) -> String? {
        guard let index = try place(column, SQLITE_TEXT, expected: "text") else { return nil }
        guard let text = sqlite3_column_text(statement.handle, index) else { throw mismatch(column, "text") }
        let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement.handle, index)))
        return String(decoding: bytes, as: UTF8.self)
    }

    package func integer(_ column: String) throws(DatabaseError) -> Int64 {
        try required(optionalInteger(column), column, "a whole number")
    }

    package func optionalInteger(_ column: String) throws(DatabaseError) -> Int64? {
        try place(column, SQLITE_INTEGER, expected: "a whole number").map { sqlite3_column_int64(statement.handle, $0) }
    }

    /// Whole numbers are read too.
    package func real(_ column: String) throws(DatabaseError) -> Double {
        try required(optionalReal(column), column, "a number")
    }

    package func optionalReal(_ column: String) throws(DatabaseError) -> Double? {
        try place(column, SQLITE_FLOAT, SQLITE_INTEGER, expected: "a number").map { sqlite3_column_double(statement.handle, $0) }
    }

    package func bool(_ column: String) throws(DatabaseError) -> Bool { try integer(column) != 0 }

    package func blob(_ column: String) throws(DatabaseError) -> Bytes {
        try required(optionalBlob(column), column, "bytes")
    }

    package func optionalBlob(_ column: String) throws(DatabaseError) -> Bytes? {
        guard let index = try place(column, SQLITE_BLOB, expected: "bytes") else { return nil }
        // SQLite gives no address for an empty blob.
        guard let bytes = sqlite3_column_blob(statement.handle, index) else { return [] }
        return Bytes(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement.handle, index))))
    }

    /// A time stored as milliseconds since 1970.
    package func timestamp(_ column: String) throws(DatabaseError) -> Timestamp { Timestamp(milliseconds: try integer(column)) }

    package func optionalTimestamp(_ column: String) throws(DatabaseError) -> Timestamp? {
        try optionalInteger(column).map(Timestamp.init(milliseconds:))
    }

    /// - Returns: the column's index; `nil` when it holds NULL.
    private func place(_ column: String, _ types: Int32..., expected: String) throws(DatabaseError) -> Int32? {
        guard let index = statement.columns[column] else { throw DatabaseError(.column, "the result has no column \(column)") }
        let type = sqlite3_column_type(statement.handle, index)
        guard type != SQLITE_NULL else { return nil }
        guard types.contains(type) else { throw mismatch(column, expected) }
        return index
    }

    private func required<T>(_ value: T?, _ column: String, _ expected: String) throws(DatabaseError) -> T {
        guard let value else { throw mismatch(column, expected) }
        return value
    }

    private func mismatch(_ column: String, _ expected: String) -> DatabaseError {
        DatabaseError(.column, "the column \(column) is not \(expected)")
    }
}
