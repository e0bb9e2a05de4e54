/// Whether a request is within its limit, in the terms of the RateLimit header fields (draft-ietf-httpapi-ratelimit-headers-11).
package struct RateDecision: Sendable, Hashable {
    package let isAllowed: Bool
    /// The endpoint class whose rule was applied.
    package let policy: String
    package let rule: RateRule
    /// Requests that are left now.
    package let remaining: Int
    /// Seconds until the next request is allowed, or until the bucket is full.
    package let resetSeconds: Int

    package var policyHeader: String { "\"\(policy)\";q=\(rule.requests);w=\(Int(rule.windowSeconds))" }
    package var limitHeader: String { "\"\(policy)\";r=\(remaining);t=\(resetSeconds)" }
}
