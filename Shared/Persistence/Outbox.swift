package import Primitives

/// A message that waits in the outbox.
package struct OutboxMessage: Sendable, Equatable {
    /// The message id: the queue drops a second message with the same one.
    package let id: String
    package let subject: String
    package let payload: Bytes
    package let headers: [String: String]

    package init(id: String, subject: String, payload: Bytes, headers: [String: String] = [:]) {
        (self.id, self.subject, self.payload, self.headers) = (id, subject, payload, headers)
    }
}

/// Messages that are written in the same transaction as what they tell of, and published afterwards.
/// Source: Chris Richardson, "Pattern: Transactional outbox", microservices.io.
package enum Outbox {
    /// AUTOINCREMENT: a sequence is never given twice, also when the table was empty in between.
    package static let migrations = [
        Migration(
            id: "outbox-1",
            sql: """
                CREATE TABLE outbox (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, payload BLOB NOT NULL,
                    headers TEXT NOT NULL
                ) STRICT
                """),
        Migration(
            id: "outbox-2",
            sql: """
                CREATE TABLE outbox_refused (
                    id TEXT PRIMARY KEY, subject TEXT NOT NULL, payload BLOB NOT NULL, headers TEXT NOT NULL, reason TEXT NOT NULL
                ) STRICT
                """),
    ]

    /// What `publish` throws for a message that will never be taken.
    package struct Refused: Error {
        let reason: String

        /// - Parameter reason: kept with the message.
        package init(_ reason: String) {
            self.reason = reason
        }
    }

    /// Adds a message to the transaction; publishers wake up when it is committed.
    /// - Throws: `DatabaseError`; `.constraint` when a message of that id waits already.
    package static func append(_ message: OutboxMessage, on connection: Connection) throws {
        let headers = JSONValue.object(message.headers.mapValues(JSONValue.string)).serialized()
        try connection.execute(
            "INSERT INTO outbox(id, subject, payload, headers) VALUES (?, ?, ?, ?)", message.id, message.subject, message.payload,
            String(decoding: headers, as: UTF8.self))
        connection.appendedToOutbox = true
    }

    /// A message and its place in the order.
    struct Entry: Sendable {
        let sequence: Int64
        let message: OutboxMessage
    }

    /// The oldest messages after a place.
    static func oldest(_ limit: Int, after place: Int64, on connection: Connection) throws -> [Entry] {
        try connection.query(
            "SELECT sequence, id, subject, payload, headers FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?", place, limit
        ) { row in
            let headers = try JSON.decode([String: String].self, from: Bytes(row.text("headers").utf8))
            let message = OutboxMessage(
                id: try row.text("id"), subject: try row.text("subject"), payload: try row.blob("payload"), headers: headers)
            return Entry(sequence: try row.integer("sequence"), message: message)
        }
    }

    /// How many refused messages are kept to be looked at: the newest.
    static let mostRefused = 1000

    /// Sets aside a message that will never be taken, so that it does not hold up the others.
    static func setAside(_ entry: Entry, _ reason: String, on connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO outbox_refused(id, subject, payload, headers, reason)
                SELECT id, subject, payload, headers, ? FROM outbox WHERE sequence = ?
            """,
            reason, entry.sequence)
        try connection.execute(
            "DELETE FROM outbox_refused WHERE rowid <= (SELECT max(rowid) FROM outbox_refused) - ?", mostRefused)
        try remove([entry.sequence], on: connection)
    }

    /// Removes messages that the queue has.
    static func remove(_ sequences: [Int64], on connection: Connection) throws {
        for sequence in sequences { try connection.execute("DELETE FROM outbox WHERE sequence = ?", sequence) }
    }
}
