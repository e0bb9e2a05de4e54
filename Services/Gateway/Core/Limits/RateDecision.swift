import Primitives

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

    package var policyHeader: String { field("\";q=", rule.requests, ";w=", Int(rule.windowSeconds)) }
    package var limitHeader: String { field("\";r=", remaining, ";t=", resetSeconds) }

    /// Put together as bytes: every answer of the gateway has both fields.
    private func field(_ firstName: StaticString, _ first: Int, _ secondName: StaticString, _ second: Int) -> String {
        var text = Bytes()
        text.reserveCapacity(64)
        text.append(UInt8(ascii: "\""))
        text.append(policy)
        text.append(firstName)
        text.append(decimal: Int64(first))
        text.append(secondName)
        text.append(decimal: Int64(second))
        return String(decoding: text, as: UTF8.self)
    }
}
