import HTTP
import Primitives

/// Decides whether an attempt is repeated and when.
struct RetryRule: Sendable {
    let policy: RetryPolicy?
    let isIdempotent: Bool

    /// - Parameters:
    ///   - result: how the attempt went.
    ///   - attempt: its number, from 1.
    ///   - isReplayable: whether the request's body can be sent again.
    ///   - remaining: the time left for the request as a whole.
    /// - Returns: the wait before the next attempt, or `nil` when there is none.
    func wait(
        after result: Result<ResponseHead, HTTPClientError>, attempt: Int, isReplayable: Bool, remaining: Duration
    ) -> Duration? {
        guard let policy, attempt < policy.maximumAttempts, isReplayable else { return nil }
        var wait = policy.delay(beforeAttempt: attempt + 1)
        switch result {
        case .success(let head):
            guard isIdempotent, [429, 502, 503, 504].contains(head.status) else { return nil }
            if let asked = head.headers["Retry-After"].flatMap({ Self.retryAfter($0, now: .now()) }) { wait = max(wait, asked) }
        case .failure(let error):
            guard error.neverSent || isIdempotent && Self.mayPass(error) else { return nil }
        }
        return wait < remaining ? wait : nil
    }

    /// Failures after the request began that may not happen again.
    private static func mayPass(_ error: HTTPClientError) -> Bool {
        switch error {
        case .connectionLost, .idleTimeout: true
        default: false
        }
    }

    /// Reads a `Retry-After` value: seconds or a date (RFC 9110, section 10.2.3).
    static func retryAfter(_ value: String, now: Timestamp) -> Duration? {
        if let seconds = Int64(value), seconds >= 0 { return .seconds(min(seconds, 1 << 32)) }
        let parts = value.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(where: { $0 == parts[2] }),
            let date = Timestamp(iso8601: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4]).000Z")
        else { return nil }
        return max(.zero, date.duration(since: now))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
