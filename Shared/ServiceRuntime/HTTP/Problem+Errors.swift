import Blobs
import Contracts
package import HTTP
import Jobs
import Persistence
import Primitives

extension Problem {
    /// The problem document for an error of the studio's own libraries: the one place where errors become statuses.
    /// - Returns: `nil` for errors that mean a fault of the service itself.
    package init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as SchemaError:
            self.init(
                status: .unprocessableContent, code: error.code, error.message, field: error.field.isEmpty ? nil : error.field)
        case let error as JSONError:
            self.init(status: .badRequest, code: error.code, error.message, field: error.path.isEmpty ? nil : error.path)
        case JobError.invalidParameters(let error): self.init(error)
        case let error as CSVError: self.init(status: .unprocessableContent, code: error.code, error.message, field: "csv")
        case let error as JobError:
            self.init(status: Self.status(error), code: error.code, error.message, field: error.field, headers: error.retryHeaders)
        case let error as any CodedError where Self.fullCodes.contains(error.code):
            self.init(status: .insufficientStorage, code: error.code, error.message)
        case let error as any CodedError where error.isRetriable:
            self.init(status: .serviceUnavailable, code: error.code, error.message, headers: ["Retry-After": "2"])
        default: return nil
        }
    }

    /// Errors that end when somebody makes room.
    private static let fullCodes: Set = ["disk-full", "quota-exceeded", "storage-full"]

    /// Errors that end when somebody installs something.
    private static let missingCodes: Set = ["model-missing", "tool-missing"]

    private static func status(_ error: JobError) -> HTTPStatus {
        switch error {
        case .batch: .unprocessableContent
        case .batchInput(_, let error): status(error)
        case .unknownOperation, .notFound: .notFound
        case .invalidParameters, .inputCount, .idempotencyMismatch: .unprocessableContent
        case .tooManyJobs: .tooManyRequests
        case .notRepeatable: .conflict
        case .file(let problem) where problem.code == "file-not-found": .notFound
        case .file(let problem) where fullCodes.contains(problem.code): .insufficientStorage
        case .refused(let problem) where missingCodes.contains(problem.code): .conflict
        case .file(let problem), .refused(let problem): problem.isRetriable ? .serviceUnavailable : .unprocessableContent
        }
    }
}

extension JobError {
    fileprivate var field: String? {
        switch self {
        case .file, .inputCount: "input"
        case .batch(let field, _): field
        case .batchInput: "inputs"
        case .refused: "parameters"
        default: nil
        }
    }

    fileprivate var retryHeaders: HTTPHeaders { isRetriable ? ["Retry-After": "5"] : [:] }
}
