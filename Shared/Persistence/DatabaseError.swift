import CSQLite
import Primitives

/// What SQLite says went wrong.
package struct DatabaseError: CodedError, Equatable {
    package enum Reason: String, Sendable {
        case diskFull = "disk-full"
        case busy = "database-busy"
        case constraint = "constraint-violated"
        case corrupt = "database-corrupt"
        case io = "database-io"
        case locked = "database-in-use"
        case migration = "migration-changed"
        case column = "column-mismatch"
        case closed = "database-closed"
        case other = "database-error"
    }

    package let reason: Reason
    package let message: String
    /// SQLite's extended result code; 0 when the error is not SQLite's.
    package let extendedCode: Int32

    package var code: String { reason.rawValue }
    package var isRetriable: Bool { reason == .diskFull || reason == .busy || reason == .io || reason == .closed }

    init(_ reason: Reason, _ message: String, extendedCode: Int32 = 0) {
        (self.reason, self.message, self.extendedCode) = (reason, message, extendedCode)
    }

    init(code: Int32, _ handle: OpaquePointer?) {
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
        let text = handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? String(cString: sqlite3_errstr(code))
        let reason: Reason =
            switch extended & 0xFF {
            case SQLITE_FULL: .diskFull
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_CONSTRAINT: .constraint
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY: .io
            default: .other
            }
        self.init(reason, text, extendedCode: extended)
    }
}
