package import ModelProtocols
import ModelRouting
import Primitives

/// A call that got no answer, with what its caller is told.
package struct CallRefused: CodedError {
    package var failure: DoorFailure
    package var code: String { failure.code }
    package var message: String { failure.message }

    package init(_ failure: DoorFailure) {
        self.failure = failure
    }

    /// What an error of any of the parts means to the caller.
    /// - Returns: `nil` for errors that are the gateway's own.
    package init?(_ error: any Error) {
        switch error {
        case let error as CallRefused: self = error
        case let error as ProviderFailure: failure = DoorFailure(error)
        case let error as ModelRequestError: failure = DoorFailure(error)
        case let error as RouteError: failure = Self.failure(error)
        case let error as BudgetError: failure = Self.failure(error)
        case let error as CallLimitError: failure = Self.failure(error)
        default: return nil
        }
    }

    private static func failure(_ error: BudgetError) -> DoorFailure {
        let kind: DoorFailure.Kind =
            switch error {
            case .invalid: .invalidRequest
            case .exceeded: .budget
            case .storeUnavailable: .overloaded
            }
        return DoorFailure(kind, code: error.code, message: error.message)
    }

    private static func failure(_ error: RouteError) -> DoorFailure {
        let kind: DoorFailure.Kind =
            switch error {
            case .invalid, .noneEligible: .invalidRequest
            case .unknownModel: .notFound
            case .modelNotAllowed: .permission
            case .contextOverflow: .contextOverflow
            case .overBudget: .budget
            case .unavailable: .overloaded
            }
        var failure = DoorFailure(kind, code: error.code, message: error.message)
        switch error {
        case .unknownModel, .modelNotAllowed: failure.field = "model"
        case .unavailable(_, let seconds): failure.retryAfter = .seconds(seconds)
        default: break
        }
        return failure
    }

    private static func failure(_ error: CallLimitError) -> DoorFailure {
        var failure = DoorFailure(.rateLimited, code: error.code, message: error.message)
        if case .limited(_, _, _, let seconds) = error { failure.retryAfter = .seconds(seconds) }
        return failure
    }
}
