package import Primitives

/// Why the gateway refuses something. The code says what; routes turn it into a status.
package enum GatewayError: CodedError, Equatable {
    case keyNotFound
    case keyInvalid(String)
    case keyCount(limit: Int)
    case scopeNotHeld(String)
    case modelsNotHeld
    case fileNotFound
    case fileName(String)
    case ownerQuota(limit: ByteSize)
    case fileCount(limit: Int)
    case tooLarge(limit: ByteSize)
    case digestMismatch(expected: String, actual: String)
    case uploadNotFound
    case uploadBusy
    case uploadCount(limit: Int)
    case uploadOffset(expected: Int64)
    case uploadChecksum
    case uploadChecksumAlgorithm
    case uploadLength(String)
    case limits(field: String, String)

    package var code: String {
        switch self {
        case .keyNotFound: "key-not-found"
        case .keyInvalid: "invalid-key"
        case .keyCount: "quota-exceeded"
        case .scopeNotHeld: "scope-not-held"
        case .modelsNotHeld: "models-not-held"
        case .fileNotFound: "file-not-found"
        case .fileName: "invalid-file-name"
        case .ownerQuota, .fileCount, .uploadCount: "quota-exceeded"
        case .tooLarge: "file-too-large"
        case .digestMismatch: "digest-mismatch"
        case .uploadNotFound: "upload-not-found"
        case .uploadBusy: "upload-busy"
        case .uploadOffset: "upload-offset-mismatch"
        case .uploadChecksum: "checksum-mismatch"
        case .uploadChecksumAlgorithm: "checksum-algorithm-unknown"
        case .uploadLength: "invalid-upload-length"
        case .limits: "invalid-limits"
        }
    }

    package var message: String {
        switch self {
        case .keyNotFound: "there is no such key"
        case .keyInvalid(let what): what
        case .keyCount(let limit): "an owner has at most \(limit) keys that work; revoke some first"
        case .scopeNotHeld(let scope): "a key can only give scopes that its maker holds; \(scope) is not among them"
        case .modelsNotHeld: "this names or opens models that your own key may not use"
        case .fileNotFound: "there is no such file"
        case .fileName(let what): what
        case .ownerQuota(let limit): "your files may take \(limit) bytes in all; delete some first"
        case .fileCount(let limit): "you may keep \(limit) files; delete some first"
        case .tooLarge(let limit): "a file may have at most \(limit) bytes"
        case .digestMismatch(let expected, let actual):
            "the bytes have the digest \(actual), not \(expected); nothing of them was kept"
        case .uploadNotFound: "there is no such upload; it may have expired"
        case .uploadBusy: "another request is working on this upload; try again when it has ended"
        case .uploadCount(let limit): "you may have \(limit) uploads under way; finish or delete some first"
        case .uploadOffset(let expected): "the upload is at offset \(expected)"
        case .uploadChecksum: "the bytes do not match Upload-Checksum; nothing of them was kept"
        case .uploadChecksumAlgorithm: "Upload-Checksum must be sha1 or sha256, a space, and the digest in Base64"
        case .uploadLength(let what): what
        case .limits(_, let what): what
        }
    }
}
