package import Primitives

/// Sums over calls, of one group or of all.
package struct CostSummary: Sendable, Hashable {
    /// What calls can be grouped by.
    package enum Grouping: String, Sendable, Hashable, CaseIterable {
        case key, user, organisation, model, provider, session, day
    }

    /// What the calls have in common: a key's id, a model, a day such as `2026-11-21`; empty for calls that have none.
    package let group: String
    package let calls: Int64
    package let failed: Int64
    package let cacheHits: Int64
    package let fallbacks: Int64
    package let inputTokens: Int64
    package let cachedTokens: Int64
    package let outputTokens: Int64
    package let cost: Money
    package let savedByCache: Money
    package let savedByRouting: Money
    /// All calls' seconds together.
    package let seconds: Double

    package var json: JSONValue {
        [
            "group": .string(group), "calls": .integer(calls), "failed": .integer(failed), "cache_hits": .integer(cacheHits),
            "fallbacks": .integer(fallbacks), "input_tokens": .integer(inputTokens), "cached_tokens": .integer(cachedTokens),
            "output_tokens": .integer(outputTokens), "cost": cost.json, "saved_by_cache": savedByCache.json,
            "saved_by_routing": savedByRouting.json,
            "mean_seconds": calls == 0 ? .null : .number(seconds / Double(calls)),
        ]
    }
}

/// Whose calls, and when.
package struct CostFilter: Sendable, Hashable {
    /// The first day, any moment of it; `nil` for since ever.
    package var from: Timestamp?
    /// The last day, any moment of it; `nil` for until now.
    package var through: Timestamp?
    package var key: String?
    package var user: String?
    package var organisation: String?
    package var model: String?
    package var session: String?

    package init() {}
}
