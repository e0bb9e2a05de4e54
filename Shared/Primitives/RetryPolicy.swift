/// Exponential backoff with full jitter.
/// Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
package struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all, the first included; at least 1.
    package var maximumAttempts: Int
    /// The longest wait before the second attempt.
    package var base: Duration
    /// No wait is longer.
    package var cap: Duration

    package init(maximumAttempts: Int, base: Duration = .milliseconds(200), cap: Duration = .seconds(30)) {
        self.maximumAttempts = max(1, maximumAttempts)
        self.base = base
        self.cap = cap
    }

    /// The longest possible wait before an attempt.
    /// - Parameter attempt: 2 for the first retry.
    package func ceiling(beforeAttempt attempt: Int) -> Duration {
        guard attempt > 1 else { return .zero }
        let doublings = min(attempt - 2, 30)
        return min(cap, base * (1 << doublings))
    }

    /// A random wait between zero and the ceiling.
    /// - Parameter attempt: 2 for the first retry; 1 and below give zero.
    package func delay(beforeAttempt attempt: Int) -> Duration {
        let ceiling = ceiling(beforeAttempt: attempt).nanoseconds
        return ceiling > 0 ? .nanoseconds(Int64.random(in: 0...ceiling)) : .zero
    }
}
