package import Primitives

/// Why a budget lets nothing pass.
package enum BudgetError: CodedError, Equatable {
    case invalid(String)
    /// The call does not fit: 402.
    case exceeded(BudgetRefusal)
    /// The account could not be read or written, so nothing more may be spent on it.
    case storeUnavailable

    package var code: String {
        switch self {
        case .invalid: "invalid-budget"
        case .exceeded: "budget-exceeded"
        case .storeUnavailable: "budget-store-unavailable"
        }
    }

    package var message: String {
        switch self {
        case .invalid(let text): text
        case .exceeded(let refusal): refusal.sentence
        case .storeUnavailable: "the budget can not be checked now; try again"
        }
    }

    /// The budget that is too small, if that is it.
    package var refusal: BudgetRefusal? { if case .exceeded(let refusal) = self { refusal } else { nil } }

    package var isRetriable: Bool { self == .storeUnavailable }
}

/// A budget that is too small for a call.
package struct BudgetRefusal: Sendable, Hashable {
    package let budget: Budget
    /// Whose account it is.
    package let subject: String
    /// The most that the call could have cost.
    package let asked: Money
    /// What was left: the limit less what is spent and what calls under way may spend.
    package let left: Money
    /// When the budget begins anew; `nil` for never.
    package let resets: Timestamp?

    package var sentence: String {
        let again = resets.map { "; it begins anew at \($0)" } ?? ""
        let span = budget.period == .total ? "whole" : budget.period.rawValue + "'s"
        let whose = "the \(budget.kind.rawValue)'s \(span) budget of \(budget.limit)"
        return "the call could cost \(asked), and of \(whose) only \(left) is left" + again
    }
}
