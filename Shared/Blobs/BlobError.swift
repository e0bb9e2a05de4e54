import Glibc
package import Primitives

/// What can go wrong with blobs.
package enum BlobError: CodedError, Equatable {
    case notFound(String)
    case invalidDigest(String)
    case digestMismatch(expected: String, actual: String)
    case diskFull
    case quotaExceeded(limit: ByteSize)
    case closed
    case io(operation: String, errorNumber: Int32)

    package var code: String {
        switch self {
        case .notFound: "blob-not-found"
        case .invalidDigest: "invalid-digest"
        case .digestMismatch: "digest-mismatch"
        case .diskFull: "disk-full"
        case .quotaExceeded: "quota-exceeded"
        case .closed: "blob-writer-closed"
        case .io: "blob-io"
        }
    }

    package var message: String {
        switch self {
        case .notFound(let digest): "there is no blob \(digest)"
        case .invalidDigest(let text): "\(text.prefix(80)) is not a digest: sha256: and 64 hexadecimal digits are expected"
        case .digestMismatch(let expected, let actual): "the bytes hash to \(actual), not \(expected)"
        case .diskFull: "the disk of the blob store is full; try again when there is room"
        case .quotaExceeded(let limit): "the blob store's quota of \(limit) bytes is used up"
        case .closed: "the blob has been committed or given up already"
        case .io(let operation, let errorNumber): "\(operation) failed in the blob store: error \(errorNumber)"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .diskFull, .quotaExceeded, .io: true
        case .notFound, .invalidDigest, .digestMismatch, .closed: false
        }
    }

    /// The error of the system call that failed just now.
    static func system(_ operation: String) -> BlobError {
        let number = errno
        return number == ENOSPC || number == EDQUOT || number == EFBIG ? .diskFull : .io(operation: operation, errorNumber: number)
    }
}
