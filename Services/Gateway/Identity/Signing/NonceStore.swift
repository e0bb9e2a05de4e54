import Cryptography
package import Persistence
package import Primitives

/// Nonces that were used, kept on disk so that a restart does not let a request pass again.
package final class NonceStore: Sendable {
    package static let migration = Migration(
        id: "nonces-1",
        sql: """
            CREATE TABLE nonce (digest BLOB PRIMARY KEY, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE INDEX nonce_expires ON nonce(expires);
            """)

    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Takes a nonce down.
    /// - Parameters:
    ///   - nonce: the caller's.
    ///   - key: whose nonce it is; two keys may use the same one.
    ///   - expires: from when on the signature is refused for its age.
    /// - Returns: false when it was used before.
    /// - Throws: `DatabaseError`.
    func use(_ nonce: String, of key: String, until expires: Timestamp) async throws -> Bool {
        let digest = Self.digest(nonce, of: key)
        return try await database.write { connection in
            try connection.execute("INSERT OR IGNORE INTO nonce(digest, expires) VALUES (?, ?)", digest, expires)
            return connection.changes == 1
        }
    }

    /// Whether a nonce was taken down; reads only.
    func isUsed(_ nonce: String, of key: String) async throws -> Bool {
        let digest = Self.digest(nonce, of: key)
        return try await database.read { try $0.first("SELECT 1 FROM nonce WHERE digest = ?", digest) { _ in true } } ?? false
    }

    private static func digest(_ nonce: String, of key: String) -> Bytes {
        SHA256.hash(Bytes("\(key.utf8.count):\(key)\(nonce)".utf8))
    }

    /// Forgets nonces whose signatures are refused for their age.
    package func sweep(now: Timestamp = .now()) async throws {
        try await database.write { try $0.execute("DELETE FROM nonce WHERE expires < ?", now) }
    }
}
