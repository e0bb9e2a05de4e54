import Persistence
import Primitives

/// A delivery whose next attempt is due, with all that the attempt needs.
struct DueDelivery: Sendable {
    let message: String
    let endpoint: WebhookEndpoint
    let payload: Bytes
    /// Made so far.
    let attempts: Int
    /// When the first of them was.
    let begun: Timestamp?

    /// The longest due delivery of each endpoint that is enabled, not held back and not busy.
    /// - Parameter limit: at most so many.
    static func all(now: Timestamp, except busy: Set<String>, limit: Int, on connection: Connection) throws -> [DueDelivery] {
        // One at a time for each endpoint: a slow receiver keeps only itself waiting. Its events come in order, but for one that
        // waits to be tried again: others overtake it.
        let due = try connection.query(
            """
            SELECT e.*, d.message, d.attempts, d.begun, m.payload FROM webhook_endpoint e
            JOIN webhook_delivery d ON d.endpoint = e.id AND d.message = (
                SELECT message FROM webhook_delivery WHERE endpoint = e.id AND state = 'waiting' AND next <= ?1
                ORDER BY next, message LIMIT 1
            )
            JOIN webhook_message m ON m.id = d.message
            WHERE e.stop IS NULL AND e.held_until <= ?1 ORDER BY d.next LIMIT ?2
            """, now, limit + busy.count
        ) { row in
            DueDelivery(
                message: try row.text("message"), endpoint: try Webhooks.element(row), payload: try row.blob("payload"),
                attempts: Int(try row.integer("attempts")), begun: try row.optionalTimestamp("begun"))
        }
        return Array(due.filter { !busy.contains($0.endpoint.id) }.prefix(limit))
    }
}
