package import Primitives

/// One call as the ledger keeps it: what was used and what it cost, never what was said.
package struct CallRecord: Sendable, Hashable {
    /// How a call ended.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case answered, failed
        /// The caller went away before the end.
        case cancelled
    }

    package var time: Timestamp
    package var key: String
    package var user: String?
    package var organisation: String?
    package var session: String?
    package var model: String
    package var provider: String
    package var usage: TokenUsage
    package var cost: Money
    /// Seconds from the request to the end of the answer.
    package var seconds: Double
    /// Seconds from the request to the first token; `nil` without one.
    package var firstTokenSeconds: Double?
    package var outcome: Outcome
    /// Whether the answer came from the response cache.
    package var isCacheHit: Bool
    /// Deployments that failed before this one answered.
    package var fallbacks: Int
    /// What the response cache or the provider's prompt cache saved.
    package var savedByCache: Money
    /// What the router's choice saved.
    package var savedByRouting: Money
    /// The decision that led here.
    package var decision: String?
    /// Which request it was; in the audit log, not in the ledger.
    package var requestID: String?

    /// Whose it is, as files and jobs have an owner: the organisation's, else the user's.
    package var owner: String { organisation ?? user ?? key }

    package init(
        time: Timestamp, caller: (key: String, user: String?, organisation: String?, session: String?), model: String,
        provider: String, usage: TokenUsage, cost: Money, seconds: Double, firstTokenSeconds: Double? = nil,
        outcome: Outcome = .answered, isCacheHit: Bool = false, fallbacks: Int = 0, savedByCache: Money = .zero,
        savedByRouting: Money = .zero, decision: String? = nil
    ) {
        (self.time, self.model, self.provider, self.usage, self.cost) = (time, model, provider, usage, cost)
        (key, user, organisation, session) = caller
        (self.seconds, self.firstTokenSeconds, self.outcome, self.isCacheHit) = (seconds, firstTokenSeconds, outcome, isCacheHit)
        (self.fallbacks, self.savedByCache, self.savedByRouting) = (fallbacks, savedByCache, savedByRouting)
        self.decision = decision
    }
}
