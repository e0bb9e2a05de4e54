package import Persistence
package import Primitives

extension Webhooks {
    /// The owners with endpoints, those included for whom it waits.
    package func listeners() async throws -> Set<String> {
        try await database.read {
            Set(try $0.query("SELECT DISTINCT owner FROM webhook_endpoint WHERE stop IS NOT 'gone'") { try $0.text("owner") })
        }
    }

    /// Puts events into the queues of the endpoints that want them, in one transaction. One that is too long goes without its
    /// details.
    /// - Throws: `WebhookError.typeInvalid`; `DatabaseError`.
    package func publish(_ events: [WebhookEvent]) async throws {
        guard !events.isEmpty else { return }
        try await database.write { [self] connection in
            for event in events {
                do {
                    try publish(event, on: connection)
                } catch WebhookError.payloadTooLarge {
                    try publish(event.withoutDetails, on: connection)
                }
            }
        }
    }

    /// Puts an event into the queue of each endpoint that wants it inside the caller's transaction, so that it is sent if and
    /// only if that is committed; where nothing is sent now, it waits.
    /// - Returns: how many endpoints; 0 also when the event was published before.
    /// - Throws: `WebhookError`: `.typeInvalid`, `.payloadTooLarge`; `DatabaseError`.
    @discardableResult
    package func publish(_ event: WebhookEvent, on connection: Connection) throws -> Int {
        let (payload, now) = (try event.payload(), clock())
        let endpoints = try connection.query(
            "SELECT * FROM webhook_endpoint WHERE owner = ? AND stop IS NOT 'gone'", event.owner, map: Self.element
        ).filter { $0.wants(event.type) }
        return try enqueue(event, payload, for: endpoints, now, on: connection)
    }

    /// Puts a `webhook.test` into an endpoint's queue, whatever types it wants.
    /// - Returns: the message.
    /// - Throws: `WebhookError.notFound`; `DatabaseError`.
    package func test(_ id: String, of owner: String) async throws -> String {
        let now = clock()
        let event = WebhookEvent(owner: owner, type: "webhook.test", time: now, data: ["endpoint": .string(id)])
        let payload = try event.payload()
        try await database.write { [self] connection in
            _ = try enqueue(event, payload, for: [try Self.find(id, of: owner, on: connection)], now, on: connection)
        }
        return event.id
    }

    private func enqueue(
        _ event: WebhookEvent, _ payload: Bytes, for endpoints: [WebhookEndpoint], _ now: Timestamp, on connection: Connection
    ) throws -> Int {
        guard !endpoints.isEmpty else { return 0 }
        try connection.execute(
            "INSERT OR IGNORE INTO webhook_message(id, owner, type, payload, created) VALUES (?, ?, ?, ?, ?)", event.id,
            event.owner,
            event.type, payload, now)
        guard connection.changes == 1 else { return 0 }
        for endpoint in endpoints {
            try connection.execute(
                "INSERT INTO webhook_delivery(message, endpoint, state, attempts, next) VALUES (?, ?, 'waiting', 0, ?)", event.id,
                endpoint.id, now)
        }
        return endpoints.count
    }

    /// Sends a message again, from the first attempt of the schedule.
    /// - Throws: `WebhookError.notFound`.
    package func replay(_ message: String, to endpoint: String, of owner: String) async throws {
        let now = clock()
        try await database.write { connection in
            _ = try Self.find(endpoint, of: owner, on: connection)
            try connection.execute(
                """
                UPDATE webhook_delivery SET state = 'waiting', attempts = 0, begun = NULL, next = ?
                WHERE endpoint = ? AND message = ?
                """, now, endpoint, message)
            guard connection.changes == 1 else { throw WebhookError.notFound }
        }
    }

    /// Sends again what failed since a time, with all that waits: after the receiver was away for long. An endpoint that was
    /// stopped as failing goes on.
    /// - Returns: how many messages.
    /// - Throws: `WebhookError.notFound`.
    package func replayFailed(since time: Timestamp, to endpoint: String, of owner: String) async throws -> Int {
        let now = clock()
        return try await database.write { connection in
            _ = try Self.find(endpoint, of: owner, on: connection)
            try connection.execute(
                "UPDATE webhook_endpoint SET stop = NULL, held_until = 0 WHERE id = ? AND stop = 'failing'", endpoint)
            try connection.execute(
                """
                UPDATE webhook_delivery SET state = 'waiting', attempts = 0, begun = NULL, next = ?1
                WHERE endpoint = ?2 AND (state = 'waiting' OR state = 'failed'
                    AND message IN (SELECT id FROM webhook_message WHERE created >= ?3))
                """, now, endpoint, time)
            return connection.changes
        }
    }

    /// Deliveries to an endpoint, newest first.
    /// - Parameters:
    ///   - state: only those; all when `nil`.
    ///   - cursor: the message that the page before ended with.
    ///   - limit: 1 to 500.
    /// - Throws: `WebhookError.notFound`.
    package func deliveries(
        to endpoint: String, of owner: String, state: WebhookDelivery.State? = nil, before cursor: String? = nil, limit: Int = 50
    ) async throws -> [WebhookDelivery] {
        try await database.read { connection in
            _ = try Self.find(endpoint, of: owner, on: connection)
            return try connection.query(
                """
                SELECT d.*, m.type, m.created FROM webhook_delivery d JOIN webhook_message m ON m.id = d.message
                WHERE d.endpoint = ?1 AND (?2 IS NULL OR d.state = ?2) AND d.message < ifnull(?3, '~')
                ORDER BY d.message DESC LIMIT ?4
                """, endpoint, state?.rawValue, cursor, min(max(limit, 1), 500), map: Self.delivery)
        }
    }

    /// What was tried for a delivery, replays included, the first try first.
    /// - Throws: `WebhookError.notFound`.
    package func attempts(of message: String, to endpoint: String, of owner: String) async throws -> [WebhookAttempt] {
        try await database.read { connection in
            _ = try Self.find(endpoint, of: owner, on: connection)
            return try connection.query(
                "SELECT * FROM webhook_attempt WHERE endpoint = ? AND message = ? ORDER BY rowid", endpoint, message
            ) { row in
                WebhookAttempt(
                    time: try row.timestamp("time"), status: try row.optionalInteger("status").map(Int.init),
                    failure: try row.optionalText("failure"), duration: .milliseconds(try row.integer("duration")))
            }
        }
    }

    /// Removes messages with their deliveries and attempts, and of what waits for one endpoint the oldest.
    /// - Parameters:
    ///   - age: more than the schedule's whole length.
    ///   - count: deliveries that may wait for one endpoint.
    package func sweep(olderThan age: Duration, keeping count: Int = Webhooks.waitingLimit) async throws {
        let limit = clock().advanced(by: .zero - age)
        let removed = try await database.write { connection in
            try connection.execute("DELETE FROM webhook_message WHERE created < ?", limit)
            let full = try connection.query(
                "SELECT endpoint FROM webhook_delivery WHERE state = 'waiting' GROUP BY endpoint HAVING count(*) > ?", count
            ) { try $0.text("endpoint") }
            var removed = 0
            for endpoint in full {
                try connection.execute(
                    """
                    DELETE FROM webhook_delivery WHERE endpoint = ?1 AND state = 'waiting' AND message IN (
                        SELECT message FROM webhook_delivery WHERE endpoint = ?1 AND state = 'waiting'
                        ORDER BY next DESC, message DESC LIMIT -1 OFFSET ?2)
                    """, endpoint, count)
                removed += connection.changes
            }
            guard removed > 0 else { return 0 }
            try connection.execute(
                "DELETE FROM webhook_message WHERE NOT EXISTS (SELECT 1 FROM webhook_delivery WHERE message = webhook_message.id)")
            return removed
        }
        if removed > 0 { Self.log.warning("more events wait than are kept", ["removed": JSONValue(removed)]) }
    }

    private static func delivery(_ row: Row) throws -> WebhookDelivery {
        let state = WebhookDelivery.State(rawValue: try row.text("state")) ?? .failed
        return WebhookDelivery(
            message: try row.text("message"), endpoint: try row.text("endpoint"), type: try row.text("type"),
            created: try row.timestamp("created"), state: state, attempts: Int(try row.integer("attempts")),
            next: state == .waiting ? try row.optionalTimestamp("next") : nil)
    }
}
