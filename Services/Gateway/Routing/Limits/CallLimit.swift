import Primitives

/// How many calls and tokens a minute may have.
package struct CallLimit: Sendable, Hashable {
    /// 1 to 10,000,000; `nil` for no limit.
    package var callsPerMinute: Int?
    /// 1 to 10,000,000,000, input and output together; `nil` for no limit.
    package var tokensPerMinute: Int?

    package init(callsPerMinute: Int? = nil, tokensPerMinute: Int? = nil) {
        (self.callsPerMinute, self.tokensPerMinute) = (callsPerMinute, tokensPerMinute)
    }

    /// - Throws: `CallLimitError.invalid`.
    package func validate() throws(CallLimitError) {
        if let callsPerMinute, !(1...10_000_000).contains(callsPerMinute) {
            throw .invalid("calls per minute must be 1 to 10000000")
        }
        if let tokensPerMinute, !(1...10_000_000_000).contains(tokensPerMinute) {
            throw .invalid("tokens per minute must be 1 to 10000000000")
        }
    }
}

/// Why a call must wait.
package enum CallLimitError: CodedError, Equatable {
    case invalid(String)
    /// 429.
    /// - Parameters:
    ///   - scope: whose limit it is.
    ///   - unit: `calls` or `tokens`.
    ///   - retryAfter: seconds until the call would pass.
    case limited(scope: BudgetScope, unit: String, limit: Int, retryAfter: Double)
    /// The call has more tokens than a whole minute may have: it never passes.
    case tooLarge(scope: BudgetScope, tokens: Int, limit: Int)

    package var code: String {
        switch self {
        case .invalid: "invalid-call-limit"
        case .limited: "rate-limited"
        case .tooLarge: "call-exceeds-rate-limit"
        }
    }

    package var message: String {
        switch self {
        case .invalid(let text): text
        case .limited(let scope, let unit, let limit, let retryAfter):
            "the \(scope.kind.rawValue) may make \(limit) \(unit) a minute; try again in \(Int(retryAfter.rounded(.up))) s"
        case .tooLarge(let scope, let tokens, let limit):
            "the call may need \(tokens) tokens; the \(scope.kind.rawValue) may have \(limit) a minute"
        }
    }

    package var isRetriable: Bool {
        if case .limited = self { true } else { false }
    }
}
