package import Persistence
package import Primitives

/// The deliveries in the store.
package struct DeliveryQueue: Sendable {
    /// What is over is kept for so long.
    private static let memory = Duration.hours(24 * 30)
    private static let memoryCount = 20_000
    /// No wait is longer: one that ends later comes from a clock that was ahead.
    static let longestWait = Duration.hours(1)
    let database: Database

    package init(_ database: Database) { self.database = database }

    /// One of each channel that is due and not held. What is told of a group is told in its order: only the first that waits of a
    /// group can be due, also while another group's message goes on through the same channel.
    func due(now: Timestamp, except busy: Set<String>, limit: Int) async throws -> [Delivery] {
        let rows = try await database.read { connection in
            try connection.query(
                """
                SELECT * FROM delivery WHERE rowid IN (
                    SELECT row FROM (
                        SELECT rowid AS row, row_number() OVER (PARTITION BY receiver, channel ORDER BY next, rowid) AS place
                        FROM delivery AS one WHERE state = 'waiting' AND next NOT BETWEEN ?1 + 1 AND ?2
                        AND NOT EXISTS (
                            SELECT 1 FROM delivery AS earlier
                            WHERE earlier.state = 'waiting' AND earlier.thread = one.thread AND earlier.rowid < one.rowid
                        ) AND NOT EXISTS (
                            SELECT 1 FROM hold
                            WHERE hold.receiver = one.receiver AND hold.channel = one.channel
                            AND hold.until BETWEEN ?1 + 1 AND ?2
                        )
                    ) WHERE place = 1
                ) ORDER BY next, rowid
                """, now, now.advanced(by: Self.longestWait)
            ) { try Delivery($0) }
        }
        return Array(rows.filter { !busy.contains($0.line) }.prefix(limit))
    }

    /// Writes down how an attempt went.
    /// - Parameter hold: until when nothing else may go through the channel either.
    func save(_ delivery: Delivery, reference: String?, hold: Timestamp? = nil) async throws {
        try await database.write { connection in
            let isKnown = try delivery.update(on: connection)
            if let hold {
                try connection.execute(
                    "INSERT OR REPLACE INTO hold VALUES (?, ?, ?)", delivery.receiver, delivery.channel, hold)
            }
            guard let reference, isKnown else { return }
            // Under the name that its group has now.
            try connection.execute(
                "INSERT OR REPLACE INTO thread SELECT thread, ?, ? FROM delivery WHERE id = ?", reference,
                delivery.ended ?? delivery.created, delivery.id)
        }
    }

    /// What the first message about the same group was called where it was delivered.
    func reference(_ delivery: Delivery) async throws -> String? {
        try await database.read { connection in
            // Its thread as it is now: new routes may have moved it.
            try connection.first(
                "SELECT reference FROM thread WHERE id = (SELECT thread FROM delivery WHERE id = ?)", delivery.id
            ) { try $0.text("reference") }
        }
    }

    /// A group that has ended begins a new thread the next time.
    func endThread(_ delivery: Delivery) async throws {
        try await database.write {
            try $0.execute("DELETE FROM thread WHERE id = (SELECT thread FROM delivery WHERE id = ?)", delivery.id)
        }
    }

    /// The latest deliveries.
    /// - Parameter before: the identifier of the page before's last; identifiers rise with time.
    package func page(_ state: Delivery.State?, before: String?, limit: Int) async throws -> [Delivery] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT * FROM delivery WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR id < ?2)
                ORDER BY id DESC LIMIT ?3
                """, state?.rawValue, before, limit
            ) { try Delivery($0) }
        }
    }

    package func find(_ id: String) async throws -> Delivery? {
        try await database.read { try $0.first("SELECT * FROM delivery WHERE id = ?", id) { try Delivery($0) } }
    }

    /// Lets a dead delivery be tried again, for as long as a new one.
    /// - Throws: `AlertingError.deliveryNotFound` when there is none or it is not dead.
    package func resend(_ id: String, now: Timestamp = .now()) async throws -> Delivery {
        try await database.write { connection in
            let found = try connection.first("SELECT * FROM delivery WHERE id = ? AND state = 'dead'", id) { try Delivery($0) }
            guard var delivery = found else { throw AlertingError.deliveryNotFound(id) }
            (delivery.state, delivery.attempts, delivery.next, delivery.ended) = (.waiting, 0, now, nil)
            delivery.expires = now.advanced(by: Delivery.lifetime)
            try delivery.update(on: connection)
            return delivery
        }
    }

    /// How many there are in each state.
    package func counts() async throws -> [String: Int] {
        let rows = try await database.read { connection in
            try connection.query("SELECT state, count(*) AS n FROM delivery GROUP BY state") {
                (try $0.text("state"), Int(try $0.integer("n")))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// How many messages were given up in the last 24 hours and were not sent again; tests, which somebody watched, are left out.
    package func givenUp(now: Timestamp = .now()) async throws -> Int {
        try await database.read { connection in
            try connection.first(
                """
                SELECT count(*) AS n FROM delivery
                WHERE state = 'dead' AND ended >= ? AND json_extract(notification, '$.kind') <> 'test'
                """, now.advanced(by: .zero - Delivery.lifetime)
            ) { Int(try $0.integer("n")) } ?? 0
        }
    }

    /// Lets go of what was over long ago.
    package func sweep(now: Timestamp = .now()) async throws {
        let oldest = now.milliseconds - Self.memory.milliseconds
        try await database.write { connection in
            try connection.execute("DELETE FROM delivery WHERE state <> 'waiting' AND created < ?", oldest)
            try connection.execute(
                """
                DELETE FROM delivery WHERE state <> 'waiting' AND created < (
                    SELECT created FROM delivery ORDER BY created DESC LIMIT 1 OFFSET ?
                )
                """, Self.memoryCount)
            try connection.execute("DELETE FROM thread WHERE time < ?", oldest)
            try connection.execute("DELETE FROM hold WHERE until < ?", now)
        }
    }
}

extension Delivery {
    /// One after the other goes through a channel.
    var line: String { "\(receiver)/\(channel)" }
}
