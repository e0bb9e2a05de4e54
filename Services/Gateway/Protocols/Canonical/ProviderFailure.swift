import Primitives

/// A provider did not answer as asked.
package struct ProviderFailure: CodedError, Hashable {
    /// What went wrong.
    package enum Kind: String, Sendable, CaseIterable {
        case authentication, permission
        case paymentRequired = "payment-required"
        case rateLimited = "rate-limited"
        case overloaded
        case contextOverflow = "context-overflow"
        case contentFilter = "content-filter"
        case invalidRequest = "invalid-request"
        case tooLarge = "too-large"
        case notFound = "not-found"
        case timeout
        case server
        /// What it sent is not its protocol.
        case malformedAnswer = "malformed-answer"
        /// It closed the stream before the end.
        case closedEarly = "closed-early"
    }

    /// What went wrong.
    package var kind: Kind
    /// The HTTP status; 0 when the failure came within a stream or there was no answer.
    package var status: Int
    /// The provider's own code or type.
    package var providerCode: String?
    /// The provider's own sentence.
    package var message: String
    /// The field that the provider blames.
    package var field: String?
    /// How long to wait before the next attempt.
    package var retryAfter: Duration?
    /// Whether the call has left for the provider.
    package var wasSent = true
    /// What the provider said that the call used all the same.
    package var usage: ModelUsage?

    package init(
        _ kind: Kind, status: Int = 0, providerCode: String? = nil, message: String, field: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.status = status
        self.providerCode = providerCode
        self.message = message
        self.field = field
        self.retryAfter = retryAfter
    }

    /// `provider-` and the kind.
    package var code: String { "provider-" + kind.rawValue }

    /// Whether the provider may have read the call, answered it and charge for it, although there is no answer: it did not come
    /// in time, broke off, or made no sense. A refusal is not charged, unless it comes with what it used.
    package var mayBeCharged: Bool {
        switch kind {
        case .closedEarly, .malformedAnswer: wasSent
        case .timeout: status == 0 && wasSent
        case .contentFilter: usage != nil
        default: false
        }
    }

    /// Whether the same call may succeed later, or at another deployment.
    package var isRetriable: Bool {
        switch kind {
        case .rateLimited, .overloaded, .timeout, .server, .malformedAnswer, .closedEarly: true
        default: false
        }
    }
}
