import CSQLite

/// A prepared statement and the places of its columns.
final class Statement {
    let handle: OpaquePointer
    let columns: [String: Int32]

    init(_ sql: String, on connection: OpaquePointer) throws(DatabaseError) {
        var handle: OpaquePointer?
        let status = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard status == SQLITE_OK else { throw DatabaseError(code: status, connection) }
        guard let handle else { throw DatabaseError(.other, "the statement is empty") }
        self.handle = handle
        var columns: [String: Int32] = [:]
        for index in 0..<sqlite3_column_count(handle) {
            if let name = sqlite3_column_name(handle, index) { columns[String(cString: name)] = index }
        }
        self.columns = columns
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func bind(_ values: [SQLiteValue], on connection: OpaquePointer) throws(DatabaseError) {
        guard Int(sqlite3_bind_parameter_count(handle)) == values.count else {
            throw DatabaseError(.other, "the statement takes \(sqlite3_bind_parameter_count(handle)) values, \(values.count) given")
        }
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let status =
                switch value {
                case .integer(let number): sqlite3_bind_int64(handle, index, number)
                case .real(let number): sqlite3_bind_double(handle, index, number)
                case .text(var text):
                    text.withUTF8 { buffer in
                        buffer.withMemoryRebound(to: CChar.self) { avs_sqlite_bind_text(handle, index, $0.baseAddress ?? Self.empty, Int32($0.count)) }
                    }
                case .blob(let bytes):
                    bytes.isEmpty
                        ? sqlite3_bind_zeroblob(handle, index, 0)
                        : bytes.withUnsafeBytes { avs_sqlite_bind_blob(handle, index, $0.baseAddress, Int32($0.count)) }
                case .null: sqlite3_bind_null(handle, index)
                }
            guard status == SQLITE_OK else { throw DatabaseError(code: status, connection) }
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// The address of an empty text: a null pointer would bind NULL.
    private nonisolated(unsafe) static let empty: UnsafePointer<CChar> = {
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        pointer.pointee = 0
        return UnsafePointer(pointer)
    }()
}
