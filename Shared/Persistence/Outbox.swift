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

/// Messages that are written in the same transaction as what they tell of, and published afterwards (transactional outbox).
package enum Outbox {
    package static let migration = Migration(
        id: "outbox-1",
        sql: """
            CREATE TABLE outbox (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, payload BLOB NOT NULL,
                headers TEXT NOT NULL
            ) STRICT
            """)

    /// Adds a message to the transaction; the publisher wakes up when it is committed.
    package static func append(_ message: OutboxMessage, on connection: Connection) throws {
        try connection.execute(
            "INSERT INTO outbox(id, subject, payload, headers) VALUES (?, ?, ?, ?)", message.id, message.subject, message.payload,
            String(decoding: JSON.encode(message.headers), as: UTF8.self))
        connection.appendedToOutbox = true
    }

    /// The oldest messages with their places.
    static func oldest(_ limit: Int, after place: Int64, on connection: Connection) throws -> [(sequence: Int64, message: OutboxMessage)] {
        try connection.query(
            "SELECT * FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?", place, limit
        ) { row in
            let headers = try JSON.decode([String: String].self, from: Bytes(row.text("headers").utf8))
            return (
                try row.integer("sequence"),
                OutboxMessage(id: try row.text("id"), subject: try row.text("subject"), payload: try row.blob("payload"), headers: headers)
            )
        }
    }
}
