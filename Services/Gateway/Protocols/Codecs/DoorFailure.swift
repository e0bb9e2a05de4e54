import Primitives

/// A failure as a caller is told of it, in whatever form its door has.
package struct DoorFailure: Sendable, Hashable {
    /// What went wrong, which decides status and words of every door.
    package enum Kind: String, Sendable, CaseIterable {
        case invalidRequest = "invalid-request"
        case authentication
        case permission
        /// A budget is used up.
        case budget
        case notFound = "not-found"
        case tooLarge = "too-large"
        case rateLimited = "rate-limited"
        case contextOverflow = "context-overflow"
        case contentFilter = "content-filter"
        case overloaded, timeout
        /// The provider, not the caller, is at fault.
        case upstream
        /// The gateway itself is at fault.
        case server
    }

    /// What went wrong.
    package var kind: Kind
    /// A sentence that the caller can act on.
    package var message: String
    /// Kebab-case code for programs.
    package var code: String
    /// The field at fault.
    package var field: String?
    /// Identifies the call in logs.
    package var requestID: String?
    /// For the `Retry-After` header.
    package var retryAfter: Duration?

    package init(_ kind: Kind, code: String, message: String, field: String? = nil, requestID: String? = nil) {
        self.kind = kind
        self.message = message
        self.code = code
        self.field = field
        self.requestID = requestID
    }

    /// A request that can not be served as it is.
    package init(_ error: ModelRequestError) {
        self.init(.invalidRequest, code: error.code, message: error.message, field: error.field.isEmpty ? nil : error.field)
    }

    /// A provider's failure. That the gateway's own key was refused is the gateway's trouble, not the caller's.
    package init(_ failure: ProviderFailure) {
        let kind: Kind =
            switch failure.kind {
            case .authentication, .permission, .paymentRequired, .server, .malformedAnswer, .closedEarly: .upstream
            case .rateLimited: .rateLimited
            case .overloaded: .overloaded
            case .contextOverflow: .contextOverflow
            case .contentFilter: .contentFilter
            case .invalidRequest: .invalidRequest
            case .tooLarge: .tooLarge
            case .notFound: .notFound
            case .timeout: .timeout
            }
        // What a provider says of the gateway's account is not for callers.
        let message = kind == .upstream ? "the provider failed (\(failure.kind.rawValue))" : failure.message
        self.init(kind, code: failure.code, message: message, field: failure.field)
        retryAfter = failure.retryAfter
    }

    /// The HTTP status on OpenAI's and our own doors.
    package var status: Int {
        switch kind {
        case .invalidRequest, .contextOverflow, .contentFilter: 400
        case .authentication: 401
        case .budget: 402
        case .permission: 403
        case .notFound: 404
        case .tooLarge: 413
        case .rateLimited: 429
        case .server: 500
        case .upstream: 502
        case .overloaded: 503
        case .timeout: 504
        }
    }

    /// The HTTP status on Anthropic's door, which has one of its own for overload.
    package var anthropicStatus: Int { kind == .overloaded ? 529 : status }
}
