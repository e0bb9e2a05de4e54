import Persistence
import Primitives

/// How an attempt ended, and what follows from it.
struct AttemptResult: Sendable {
    var answer: WebhookAnswer?
    var failure: String?

    /// Answers of receivers that have too much to do (Standard Webhooks 1.0, "Delivery success and failure").
    private static let throttling: Set<Int> = [429, 502, 503, 504]

    /// - Parameters:
    ///   - wait: until the next attempt; `nil` when this was the last.
    func record(_ delivery: DueDelivery, began: Timestamp, now: Timestamp, wait: Duration?, on connection: Connection) throws {
        let (endpoint, status) = (delivery.endpoint.id, answer?.status)
        let isDelivered = status.map { (200...299).contains($0) } ?? false
        let isLast = wait == nil || status == 410
        let state: WebhookDelivery.State = isDelivered ? .delivered : isLast ? .failed : .waiting
        let next = wait.map { now.advanced(by: $0) }
        // A replay that came meanwhile has set the count back; then this attempt only goes into the history.
        try connection.execute(
            """
            UPDATE webhook_delivery SET state = ?, attempts = attempts + 1, begun = coalesce(begun, ?), next = ?
            WHERE endpoint = ? AND message = ? AND state = 'waiting' AND attempts = ?
            """, state.rawValue, began, state == .waiting ? next : nil, endpoint, delivery.message, delivery.attempts)
        guard
            try connection.first(
                "SELECT 1 AS one FROM webhook_delivery WHERE endpoint = ? AND message = ?", endpoint, delivery.message,
                map: { _ in true }
            ) != nil
        else { return }
        try connection.execute(
            "INSERT INTO webhook_attempt(message, endpoint, time, status, failure, duration) VALUES (?, ?, ?, ?, ?, ?)",
            delivery.message, endpoint, began, status, failure, now.duration(since: began).milliseconds)
        if isDelivered {
            try connection.execute("UPDATE webhook_endpoint SET last_success = ? WHERE id = ?", began, endpoint)
        } else if status == 410 {
            try stop(endpoint, .gone, on: connection)
        } else if isLast {
            // Nothing has arrived since the first of all these attempts: days ago.
            let begun = delivery.begun ?? began
            let success = try connection.first("SELECT last_success FROM webhook_endpoint WHERE id = ?", endpoint) {
                try $0.optionalTimestamp("last_success")
            }
            if success.flatMap({ $0 }).map({ $0 < begun }) ?? true { try stop(endpoint, .failing, on: connection) }
        } else if let status, Self.throttling.contains(status), let next {
            try connection.execute("UPDATE webhook_endpoint SET held_until = ? WHERE id = ?", next, endpoint)
        }
    }

    private func stop(_ endpoint: String, _ reason: WebhookEndpoint.Stop, on connection: Connection) throws {
        try connection.execute("UPDATE webhook_endpoint SET stop = ? WHERE id = ? AND stop IS NULL", reason.rawValue, endpoint)
    }
}
