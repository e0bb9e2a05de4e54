package import Contracts
import Cryptography
package import Persistence
package import Primitives
import Synchronization

/// What a new key shall be.
package struct KeyRequest: Sendable {
    package var name: String
    package var owner: String?
    package var tier: String?
    package var scopes: Set<Scope>
    package var expires: Timestamp?

    package init(name: String, owner: String? = nil, tier: String? = nil, scopes: Set<Scope>, expires: Timestamp? = nil) {
        (self.name, self.owner, self.tier, self.scopes, self.expires) = (name, owner, tier, scopes, expires)
    }
}

/// The studio's keys. All of them are in memory as well, so that checking one never reads the disk.
package final class KeyStore: Sendable {
    /// How long the old secret works after a rotation.
    package static let rotationGrace = Duration.hours(24)
    package static let migration = Migration(
        id: "keys-1",
        sql: """
            CREATE TABLE api_key (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL, tier TEXT NOT NULL, scopes TEXT NOT NULL,
                created INTEGER NOT NULL, expires INTEGER, revoked INTEGER, secret_hash BLOB NOT NULL, previous_hash BLOB,
                previous_until INTEGER
            ) STRICT
            """)

    private let database: Database
    private let keys: Mutex<[String: APIKey]>

    /// Reads the keys.
    package init(_ database: Database) async throws {
        self.database = database
        let all = try await database.read { try $0.query("SELECT * FROM api_key", map: Self.key) }
        keys = Mutex(Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) }))
    }

    package var isEmpty: Bool { keys.withLock { $0.isEmpty } }

    /// Checks the text of a key.
    /// - Returns: the key; `nil` when it is unknown, wrong, expired or revoked, all alike to the caller.
    package func authenticate(_ text: String, now: Timestamp = .now()) -> APIKey? {
        guard let token = KeyToken(text), let key = keys.withLock({ $0[token.id] }), key.accepts(token.hash, at: now) else { return nil }
        return key
    }

    /// Makes a key.
    /// - Parameter maker: who asks; `nil` for the very first key.
    /// - Returns: the key and its text, which is not kept.
    /// - Throws: `GatewayError`.
    package func create(_ request: KeyRequest, by maker: Principal?) async throws -> (key: APIKey, text: String) {
        guard (1...100).contains(request.name.utf8.count), !request.name.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw GatewayError.keyInvalid("a key's name has 1 to 100 bytes and no control characters")
        }
        if let unknown = request.scopes.first(where: { !Scope.all.contains($0) }) {
            throw GatewayError.keyInvalid("there is no scope \(unknown.rawValue); the scopes are: \(Scope.all.map(\.rawValue).joined(separator: ", "))")
        }
        guard request.expires.map({ $0 > .now() }) ?? true else { throw GatewayError.keyInvalid("the key would have expired already") }
        if let maker, !maker.isAdministrator {
            if let scope = request.scopes.first(where: { !maker.may($0) }) { throw GatewayError.scopeNotHeld(scope.rawValue) }
            guard (request.owner ?? maker.owner) == maker.owner, (request.tier ?? maker.tier) == maker.tier else {
                throw GatewayError.keyInvalid("only administrators can make keys for other owners or tiers")
            }
        }
        let token = KeyToken(id: Identifier.make("key"))
        let key = APIKey(
            id: token.id, name: request.name, owner: request.owner ?? maker?.owner ?? "owner", tier: request.tier ?? maker?.tier ?? "owner",
            scopes: request.scopes, created: .now(), expires: request.expires, revoked: nil, secretHash: token.hash)
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO api_key(id, name, owner, tier, scopes, created, expires, secret_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", key.id,
                key.name, key.owner, key.tier, Self.text(key.scopes), key.created, key.expires, key.secretHash)
        }
        keys.withLock { $0[key.id] = key }
        return (key, token.text)
    }

    /// The keys that a principal may see, newest first.
    package func list(for principal: Principal) -> [APIKey] {
        keys.withLock { Array($0.values) }.filter { principal.isAdministrator || $0.owner == principal.owner }.sorted { $0.id > $1.id }
    }

    /// - Throws: `GatewayError.keyNotFound`, also for another owner's.
    package func find(_ id: String, for principal: Principal) throws(GatewayError) -> APIKey {
        guard let key = keys.withLock({ $0[id] }), principal.isAdministrator || key.owner == principal.owner else { throw .keyNotFound }
        return key
    }

    /// Gives a key a new secret; the old one works for `rotationGrace`.
    /// - Throws: `GatewayError.keyNotFound`.
    package func rotate(_ id: String, for principal: Principal) async throws -> (key: APIKey, text: String) {
        var key = try find(id, for: principal)
        guard key.revoked == nil else { throw GatewayError.keyInvalid("a revoked key can not be rotated") }
        let token = KeyToken(id: id)
        key.previousHash = key.secretHash
        key.previousUntil = .now().advanced(by: Self.rotationGrace)
        key.secretHash = token.hash
        let rotated = key
        try await database.write { connection in
            try connection.execute(
                "UPDATE api_key SET secret_hash = ?, previous_hash = ?, previous_until = ? WHERE id = ?", rotated.secretHash,
                rotated.previousHash, rotated.previousUntil, id)
        }
        keys.withLock { $0[id] = rotated }
        return (rotated, token.text)
    }

    /// Ends a key at once.
    /// - Throws: `GatewayError.keyNotFound`.
    package func revoke(_ id: String, for principal: Principal) async throws {
        var key = try find(id, for: principal)
        key.revoked = key.revoked ?? .now()
        let revoked = key
        try await database.write { try $0.execute("UPDATE api_key SET revoked = ? WHERE id = ?", revoked.revoked, id) }
        keys.withLock { $0[id] = revoked }
    }

    private static func text(_ scopes: Set<Scope>) -> String { scopes.sorted().map(\.rawValue).joined(separator: " ") }

    private static func key(_ row: Row) throws -> APIKey {
        APIKey(
            id: try row.text("id"), name: try row.text("name"), owner: try row.text("owner"), tier: try row.text("tier"),
            scopes: Set(try row.text("scopes").split(separator: " ").map { Scope(rawValue: String($0)) }),
            created: try row.timestamp("created"), expires: try row.optionalTimestamp("expires"),
            revoked: try row.optionalTimestamp("revoked"), secretHash: try row.blob("secret_hash"),
            previousHash: try row.optionalBlob("previous_hash"), previousUntil: try row.optionalTimestamp("previous_until"))
    }
}
