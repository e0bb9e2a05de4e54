import Glibc
package import Primitives

/// What went wrong with the store.
package enum BlobError: CodedError, Equatable {
    case notFound(digest: String)
    /// The text is not `sha256:` and 64 lower-case hexadecimal digits.
    case invalidDigest(String)
    /// A service or id that is not 1 to 128 letters, digits, `.`, `_` and `-`, or begins with `.`.
    case invalidOwner(String)
    /// The range lies outside of the blob.
    case invalidRange(size: Int64)
    case digestMismatch(expected: String, actual: String)
    /// The store would hold more than it may.
    case quotaExceeded(quota: ByteSize)
    /// The disk has no space, or less than must stay free.
    case diskFull
    /// What was to be adopted is no regular file.
    case notAFile(path: String)
    /// Another process kept the store locked for too long.
    case busy
    /// The writer has committed, was aborted or has failed.
    case writerEnded
    /// The operating system refused an action with an error number.
    case io(action: String, number: Int32)

    package var code: String {
        switch self {
        case .notFound: "blob-not-found"
        case .invalidDigest: "invalid-digest"
        case .invalidOwner: "invalid-owner"
        case .invalidRange: "invalid-range"
        case .digestMismatch: "digest-mismatch"
        case .quotaExceeded: "quota-exceeded"
        case .diskFull: "disk-full"
        case .notAFile: "not-a-file"
        case .busy: "store-busy"
        case .writerEnded: "writer-ended"
        case .io: "store-io"
        }
    }

    package var message: String {
        switch self {
        case .notFound(let digest): "the store does not hold \(digest)"
        case .invalidDigest: "a digest is sha256: and 64 lower-case hexadecimal digits"
        case .invalidOwner: "an owner's service and id are 1 to 128 letters, digits, dots, underscores and hyphens"
        case .invalidRange(let size): "the range lies outside of the \(size) bytes"
        case .digestMismatch(let expected, let actual): "the bytes have the digest \(actual), not \(expected)"
        case .quotaExceeded(let quota): "the store may hold \(quota): delete files to make room"
        case .diskFull: "the disk is full: make room and try again"
        case .notAFile(let path): "\(path) is not a regular file"
        case .busy: "the store is locked by another process: try again"
        case .writerEnded: "the upload has ended"
        case .io(let action, let number): "\(action): " + String(cString: strerror(number))
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .quotaExceeded, .diskFull, .busy, .io: true
        default: false
        }
    }

    /// The error for a system call that has just failed.
    /// - Parameter action: what was tried, for people.
    static func system(_ action: String, _ number: Int32 = errno) -> BlobError {
        switch number {
        case ENOSPC, EDQUOT: .diskFull
        default: .io(action: action, number: number)
        }
    }
}
