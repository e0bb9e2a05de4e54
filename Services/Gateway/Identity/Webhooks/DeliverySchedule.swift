import Primitives

/// When a webhook is tried again.
package struct DeliverySchedule: Sendable, Hashable {
    /// The waits before each attempt, the first included.
    package var delays: [Duration]
    /// The part of a wait that may be added to it at random, so that receivers which were away do not get everything at once.
    package var jitter: Double

    package init(delays: [Duration], jitter: Double) {
        (self.delays, self.jitter) = (delays, jitter)
    }

    /// Ten attempts over three days. Source: Standard Webhooks 1.0, "Deliverability and reliability", example retry schedule.
    package static let standard = DeliverySchedule(
        delays: [
            .zero, .seconds(5), .minutes(5), .minutes(30), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20), .hours(24),
        ], jitter: 0.1)
    /// No receiver can ask for a longer wait.
    static let longestWait = Duration.hours(24)

    /// The wait before the next attempt.
    /// - Parameters:
    ///   - attempts: made so far; at least 1.
    ///   - retryAfter: what the receiver asked for, if it did; followed when it is longer.
    ///   - random: 0 to 1.
    /// - Returns: `nil` when there is no further attempt.
    func wait(after attempts: Int, retryAfter: Duration?, random: Double) -> Duration? {
        guard delays.indices.contains(attempts) else { return nil }
        let planned = delays[attempts] + .seconds(delays[attempts].seconds * jitter * random)
        return max(planned, min(retryAfter ?? .zero, Self.longestWait))
    }
}
