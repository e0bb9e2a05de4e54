import Primitives

/// Why a call goes nowhere.
package enum RouteError: CodedError, Equatable {
    /// A field of the request is out of its range.
    case invalid(String)
    case unknownModel(String, suggestion: String?)
    /// The key's allow-list has not got the model.
    case modelNotAllowed(String)
    /// No model that could do it holds the input.
    case contextOverflow(String)
    /// What could take it could cost more than is left of a budget.
    case overBudget(String)
    /// Every model is out for the reasons given.
    case noneEligible(String)
    /// Every one that could is failing or busy; it passes.
    case unavailable(String, retryAfter: Double)

    package var code: String {
        switch self {
        case .invalid: "invalid-route-request"
        case .unknownModel: "model-not-found"
        case .modelNotAllowed: "model-not-allowed"
        case .contextOverflow: "context-length-exceeded"
        case .overBudget: "budget-exceeded"
        case .noneEligible: "no-model-eligible"
        case .unavailable: "models-unavailable"
        }
    }

    package var message: String {
        switch self {
        case .invalid(let text), .contextOverflow(let text), .overBudget(let text), .noneEligible(let text),
            .unavailable(let text, _):
            text
        case .unknownModel(let name, let suggestion):
            "there is no model \(name.prefix(100))" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .modelNotAllowed(let name): "your key may not use the model \(name.prefix(100))"
        }
    }

    package var isRetriable: Bool {
        if case .unavailable = self { true } else { false }
    }
}
