import Glibc
import Primitives

/// What the disk did to an upload's bytes.
package enum UploadError: CodedError, Equatable {
    case diskFull
    /// Bytes that were noted as safe are not there.
    case lost
    case io(operation: String, errorNumber: Int32)

    package var code: String {
        switch self {
        case .diskFull: "disk-full"
        case .lost: "upload-lost"
        case .io: "upload-io"
        }
    }

    package var message: String {
        switch self {
        case .diskFull: "the disk is full; the upload can go on when there is room"
        case .lost: "the bytes of this upload are gone; begin it again"
        case .io(let operation, let errorNumber): "\(operation) failed for an upload: error \(errorNumber)"
        }
    }

    package var isRetriable: Bool { self != .lost }

    static func system(_ operation: String) -> UploadError {
        let number = errno
        return number == ENOSPC || number == EDQUOT ? .diskFull : .io(operation: operation, errorNumber: number)
    }
}
