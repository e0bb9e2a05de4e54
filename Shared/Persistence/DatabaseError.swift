import CSQLite
import Glibc
import Primitives

/// What went wrong with the database.
package struct DatabaseError: CodedError, Equatable {
    /// The kinds that callers tell apart.
    package enum Reason: String, Sendable {
        /// No space, or the quota of the file system is used up; passes when somebody makes room.
        case diskFull = "disk-full"
        /// Another connection held the file for too long, or too much waits already.
        case busy = "database-busy"
        case constraint = "constraint-violated"
        case corrupt = "database-corrupt"
        case io = "database-io"
        /// Another `Database` owns the file.
        case locked = "database-in-use"
        case migration = "migration-changed"
        /// The row has no such column, or another type in it.
        case column = "column-mismatch"
        case closed = "database-closed"
        case other = "database-error"
    }

    package let reason: Reason
    package let message: String
    /// SQLite's extended result code; 0 when the error is not SQLite's.
    package let extendedCode: Int32

    package var code: String { reason.rawValue }
    package var isRetriable: Bool { [.diskFull, .busy, .io, .closed].contains(reason) }

    /// What was violated, as SQLite names it: `job.id`, or the name of a CHECK; `nil` for other errors.
    package var constraint: String? {
        guard reason == .constraint, let separator = message.firstRange(of: ": ") else { return nil }
        return String(message[separator.upperBound...])
    }

    init(_ reason: Reason, _ message: String, extendedCode: Int32 = 0) {
        (self.reason, self.message, self.extendedCode) = (reason, message, extendedCode)
    }

    /// - Parameters:
    ///   - code: what the failed call returned.
    ///   - handle: its connection, which knows more.
    init(code: Int32, _ handle: OpaquePointer?) {
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
        let systemError = handle.map { sqlite3_system_errno($0) } ?? 0
        let text = handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        let reason: Reason =
            switch extended & 0xFF {
            case SQLITE_FULL: .diskFull
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_CONSTRAINT: .constraint
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_IOERR, SQLITE_CANTOPEN:
                // Growing the shared memory of the log fails only for want of space.
                extended == SQLITE_IOERR | (19 << 8) || [ENOSPC, EDQUOT].contains(systemError) ? .diskFull : .io
            case SQLITE_READONLY: .io
            default: .other
            }
        self.init(reason, text.map { String(cString: $0) } ?? "error \(extended)", extendedCode: extended)
    }

    /// An error of the operating system.
    init(_ action: String, errno number: Int32) {
        let full = number == ENOSPC || number == EDQUOT
        self.init(full ? .diskFull : .io, "\(action): " + String(cString: strerror(number)))
    }
}
