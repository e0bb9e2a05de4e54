import Primitives

/// A token bucket: holds up to `capacity` requests and fills up evenly over the window.
struct TokenBucket: Sendable {
    private(set) var tokens: Double
    private var updated: ContinuousClock.Instant

    init(rule: RateRule, now: ContinuousClock.Instant) {
        tokens = Double(rule.requests)
        updated = now
    }

    /// Takes a token if there is one.
    /// - Returns: how long until there is one again; `nil` when one was taken.
    mutating func take(_ rule: RateRule, now: ContinuousClock.Instant) -> Duration? {
        let rate = Double(rule.requests) / rule.windowSeconds
        tokens = min(Double(rule.requests), tokens + (now - updated).seconds * rate)
        updated = now
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return .seconds((1 - tokens) / rate)
    }

    /// Whether it would be full by now, so that forgetting it changes nothing.
    func isFull(_ rule: RateRule, now: ContinuousClock.Instant) -> Bool {
        tokens + (now - updated).seconds * Double(rule.requests) / rule.windowSeconds >= Double(rule.requests)
    }
}
