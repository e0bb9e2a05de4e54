import GatewayCore
import HTTP
import Identity
import Primitives

/// What the gateway's own errors mean to clients.
enum GatewayProblems {
    /// - Returns: `nil` for errors that are not the gateway's own.
    static func problem(_ error: any Error) -> Problem? {
        switch error {
        case let error as GatewayError:
            Problem(status: status(error), code: error.code, error.message, field: field(error), headers: headers(error))
        case let error as IdentityError: problem(error)
        case let error as WebhookError: problem(error)
        case let error as HookError: problem(error)
        case UploadError.lost: Problem(status: .gone, code: UploadError.lost.code, UploadError.lost.message)
        default: nil
        }
    }

    private static func status(_ error: GatewayError) -> HTTPStatus {
        switch error {
        case .keyNotFound, .fileNotFound, .uploadNotFound: .notFound
        case .scopeNotHeld, .modelsNotHeld: .forbidden
        case .keyInvalid, .limits: .unprocessableContent
        case .fileName, .uploadChecksumAlgorithm, .uploadLength, .digestMismatch: .badRequest
        case .ownerQuota, .fileCount, .uploadCount: .insufficientStorage
        case .tooLarge: .contentTooLarge
        case .uploadOffset, .keyCount: .conflict
        case .uploadBusy: .locked
        case .uploadChecksum: .checksumMismatch
        }
    }

    private static func field(_ error: GatewayError) -> String? {
        switch error {
        case .fileName: "name"
        case .limits(let field, _): field
        case .scopeNotHeld: "scopes"
        case .modelsNotHeld: "models"
        case .digestMismatch: "Content-Digest"
        default: nil
        }
    }

    /// What a client of the tus protocol needs to go on.
    private static func headers(_ error: GatewayError) -> HTTPHeaders {
        switch error {
        case .uploadOffset(let expected): ["Upload-Offset": "\(expected)"]
        case .uploadBusy: ["Retry-After": "1"]
        default: [:]
        }
    }
}
