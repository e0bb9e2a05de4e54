package import Contracts
import Primitives

/// Why a request about jobs is refused.
package enum JobError: CodedError {
    case unknownOperation(String)
    case invalidParameters(SchemaError)
    case inputCount(operation: String, expected: ClosedRange<Int>, given: Int)
    case notFound(String)
    case idempotencyMismatch
    case tooManyJobs(limit: Int)
    case notRepeatable(JobState)
    case file(JobProblem)
    /// A batch's request is wrong; the field and why.
    case batch(field: String, String)
    /// One input of a batch is wrong; its place from 0 and why.
    indirect case batchInput(Int, JobError)
    /// The operation can not do this here and now.
    case refused(JobProblem)

    package var code: String {
        switch self {
        case .unknownOperation: "unknown-operation"
        case .invalidParameters(let error): error.code
        case .inputCount: "wrong-input-count"
        case .notFound: "job-not-found"
        case .idempotencyMismatch: "idempotency-key-reused"
        case .tooManyJobs: "too-many-jobs"
        case .notRepeatable: "job-not-repeatable"
        case .file(let problem), .refused(let problem): problem.code
        case .batch: "batch-not-possible"
        case .batchInput(_, let error): error.code
        }
    }

    package var message: String {
        switch self {
        case .unknownOperation(let name): "there is no operation \(name)"
        case .invalidParameters(let error): error.message
        case .inputCount(let operation, let expected, let given):
            expected.lowerBound == expected.upperBound
                ? "\(operation) takes \(expected.lowerBound) input\(expected.lowerBound == 1 ? "" : "s"), \(given) given"
                : "\(operation) takes \(expected.lowerBound) to \(expected.upperBound) inputs, \(given) given"
        case .notFound(let id): "there is no job or batch \(id)"
        case .idempotencyMismatch: "this Idempotency-Key was used for a different request"
        case .tooManyJobs(let limit): "\(limit) of your jobs are waiting already; try again when some have ended"
        case .notRepeatable(let state): "only failed and cancelled jobs can be run again; this one is \(state.rawValue)"
        case .file(let problem), .refused(let problem): problem.message
        case .batch(_, let sentence): sentence
        case .batchInput(let place, let error): "input \(place + 1): \(error.message)"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .tooManyJobs: true
        case .file(let problem), .refused(let problem): problem.isRetriable
        case .batchInput(_, let error): error.isRetriable
        default: false
        }
    }
}
