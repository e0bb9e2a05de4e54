package import Primitives

/// One call as the ledger keeps it: what was used and what it cost, never what was said.
package final class CallRecord: Sendable {
    /// How a call ended.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case answered, failed
        /// The caller went away before the end.
        case cancelled
    }

    package let time: Timestamp
    package let key: String
    package let user: String?
    package let organisation: String?
    package let session: String?
    package let model: String
    package let provider: String
    package let usage: TokenUsage
    package let cost: Money
    /// Seconds from the request to the end of the answer.
    package let seconds: Double
    /// Seconds from the request to the first token; `nil` without one.
    package let firstTokenSeconds: Double?
    package let outcome: Outcome
    /// Whether the answer came from the response cache.
    package let isCacheHit: Bool
    /// Deployments that failed before this one answered.
    package let fallbacks: Int
    /// What the response cache or the provider's prompt cache saved.
    package let savedByCache: Money
    /// What the router's choice saved.
    package let savedByRouting: Money
    /// The decision that led here.
    package let decision: String?
    /// Which request it was; in the audit log, not in the ledger.
    package let requestID: String?

    /// Whose it is, as files and jobs have an owner: the organisation's, else the user's.
    package var owner: String { organisation ?? user ?? key }

    package init(
        time: Timestamp, caller: (key: String, user: String?, organisation: String?, session: String?), model: String,
        provider: String, usage: TokenUsage, cost: Money, seconds: Double, firstTokenSeconds: Double? = nil,
        outcome: Outcome = .answered, isCacheHit: Bool = false, fallbacks: Int = 0, savedByCache: Money = .zero,
        savedByRouting: Money = .zero, decision: String? = nil, requestID: String? = nil
    ) {
        (self.time, self.model, self.provider, self.usage, self.cost) = (time, model, provider, usage, cost)
        (key, user, organisation, session) = caller
        (self.seconds, self.firstTokenSeconds, self.outcome, self.isCacheHit) = (seconds, firstTokenSeconds, outcome, isCacheHit)
        (self.fallbacks, self.savedByCache, self.savedByRouting) = (fallbacks, savedByCache, savedByRouting)
        (self.decision, self.requestID) = (decision, requestID)
    }
}
