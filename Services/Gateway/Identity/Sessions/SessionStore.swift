import Cryptography
import Persistence
import Primitives

/// Sessions behind opaque random texts, of which only hashes are kept: who reads the database can not use them.
package final class SessionStore: Sendable {
    static let migration = Migration(
        id: "sessions-1",
        sql: """
            CREATE TABLE session (
                id TEXT PRIMARY KEY, secret_hash BLOB NOT NULL UNIQUE, user TEXT NOT NULL REFERENCES user(id) ON DELETE CASCADE,
                address TEXT NOT NULL, device TEXT NOT NULL, created INTEGER NOT NULL, last_used INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX session_user ON session(user, last_used);
            """)

    package let rules: SessionRules
    private let database: Database
    private let clock: @Sendable () -> Timestamp

    init(_ database: Database, rules: SessionRules, clock: @escaping @Sendable () -> Timestamp) {
        (self.database, self.rules, self.clock) = (database, rules, clock)
    }

    /// - Parameter passwordHash: what the password was checked against; when it has changed since, there is no session.
    /// - Throws: `IdentityError.credentialsWrong`.
    func begin(
        _ user: String, passwordHash: String, address: String, device: String
    ) async throws -> (session: Session, text: String) {
        let now = clock()
        let session = Session(
            id: Identifier.make("ses"), user: user, address: String(address.prefix(100)), device: String(device.prefix(200)),
            created: now, lastUsed: now)
        let text = "avss_" + Base64.encodeURL(SecureRandom.bytes(32))
        let limit = rules.limit
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO session(id, secret_hash, user, address, device, created, last_used)
                SELECT ?, ?, id, ?, ?, ?, ? FROM user WHERE id = ? AND password_hash = ?
                """, session.id, Self.hash(text), session.address, session.device, now, now, user, passwordHash)
            guard connection.changes == 1 else { throw IdentityError.credentialsWrong }
            try connection.execute(
                """
                DELETE FROM session WHERE id IN (
                    SELECT id FROM session WHERE user = ? AND id <> ? ORDER BY last_used DESC, id DESC LIMIT -1 OFFSET ?
                )
                """, user, session.id, limit - 1)
        }
        return (session, text)
    }

    /// The session of a text, which lasts longer by being used.
    /// - Returns: `nil` when the text is unknown or the session is over, both alike.
    /// - Throws: `DatabaseError`.
    package func authenticate(_ text: String) async throws -> Session? {
        guard text.hasPrefix("avss_"), text.utf8.count == 48 else { return nil }
        let hash = Self.hash(text)
        let found = try await database.read { try $0.first("SELECT * FROM session WHERE secret_hash = ?", hash, map: Self.session) }
        let now = clock()
        guard var session = found, rules.expiry(of: session) > now else { return nil }
        if now.duration(since: session.lastUsed) >= rules.grain {
            let id = session.id
            try await database.write { try $0.execute("UPDATE session SET last_used = max(last_used, ?) WHERE id = ?", now, id) }
            session.lastUsed = now
        }
        return session
    }

    /// The sessions of a user that go on, the last used first.
    package func list(of user: String) async throws -> [Session] {
        let now = clock()
        let all = try await database.read {
            try $0.query("SELECT * FROM session WHERE user = ? ORDER BY last_used DESC, id DESC", user, map: Self.session)
        }
        return all.filter { rules.expiry(of: $0) > now }
    }

    /// Whether a session of a user goes on, for those who hold a statement that was made for it.
    package func isActive(_ id: String, of user: String) async throws -> Bool {
        try await list(of: user).contains { $0.id == id }
    }

    /// Ends a session.
    /// - Throws: `IdentityError.notFound`, also for another user's.
    package func end(_ id: String, of user: String) async throws {
        try await database.write { connection in
            try connection.execute("DELETE FROM session WHERE id = ? AND user = ?", id, user)
            guard connection.changes == 1 else { throw IdentityError.notFound }
        }
    }

    /// Ends all sessions of a user but one.
    package func end(of user: String, except kept: String? = nil) async throws {
        try await database.write { try $0.execute("DELETE FROM session WHERE user = ? AND id IS NOT ?", user, kept) }
    }

    /// Removes sessions that are over.
    func sweep() async throws {
        let now = clock()
        let (idle, longest) = (now.advanced(by: .zero - rules.idle), now.advanced(by: .zero - rules.longest))
        try await database.write { try $0.execute("DELETE FROM session WHERE last_used <= ? OR created <= ?", idle, longest) }
    }

    /// A text of 256 random bits needs no slow hash: there is nothing to guess.
    private static func hash(_ text: String) -> Bytes { SHA256.hash(Bytes(text.utf8)) }

    private static func session(_ row: Row) throws -> Session {
        Session(
            id: try row.text("id"), user: try row.text("user"), address: try row.text("address"), device: try row.text("device"),
            created: try row.timestamp("created"), lastUsed: try row.timestamp("last_used"))
    }
}
