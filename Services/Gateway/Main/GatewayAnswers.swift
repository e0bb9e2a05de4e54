import GatewayCore
import HTTP
import HTTPServer
import Primitives

/// Turns the gateway's own errors into problem documents.
struct GatewayAnswers: Middleware {
    func handle(_ request: Request, next: Handler) async throws -> Response {
        do {
            return try await next(request)
        } catch let error as GatewayError {
            return .problem(Problem(status: Self.status(error), code: error.code, error.message, field: Self.field(error)))
        }
    }

    private static func status(_ error: GatewayError) -> HTTPStatus {
        switch error {
        case .keyNotFound, .fileNotFound, .uploadNotFound: .notFound
        case .scopeNotHeld: .forbidden
        case .keyInvalid, .limits: .unprocessableContent
        case .fileName, .uploadChecksumAlgorithm, .uploadLength: .badRequest
        case .ownerQuota, .fileCount: .insufficientStorage
        case .tooLarge: .contentTooLarge
        case .uploadOffset: .conflict
        case .uploadChecksum: .checksumMismatch
        }
    }

    private static func field(_ error: GatewayError) -> String? {
        switch error {
        case .fileName: "name"
        case .limits(let field, _): field
        case .scopeNotHeld: "scopes"
        default: nil
        }
    }
}
