package import Contracts
package import Persistence
package import Primitives
import Synchronization

/// The studio's keys. All of them are in memory as well, so that checking one never reads the disk.
///
/// Memory is changed inside the transaction that changes the row, on the database's one writer, so both see changes in the same
/// order; when the commit fails, the row is read back.
package final class KeyStore: Sendable {
    /// How long the old secret works after a rotation, unless told otherwise.
    package static let rotationGrace = Duration.hours(24)
    /// The longest time that it may work.
    package static let longestGrace = Duration.hours(30 * 24)
    package static let migrations = [
        Migration(
            id: "keys-1",
            sql: """
                CREATE TABLE api_key (
                    id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL, tier TEXT NOT NULL, scopes TEXT NOT NULL,
                    created INTEGER NOT NULL, expires INTEGER, revoked INTEGER, secret_hash BLOB NOT NULL, previous_hash BLOB,
                    previous_until INTEGER
                ) STRICT
                """),
        Migration(id: "keys-2", sql: "ALTER TABLE api_key ADD COLUMN models TEXT"),
        Migration(
            id: "keys-3",
            sql: """
                ALTER TABLE api_key ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
                UPDATE api_key SET models = replace(models, ' ', char(10))
                """),
        Migration(
            id: "keys-4",
            sql: """
                ALTER TABLE api_key ADD COLUMN maker TEXT;
                ALTER TABLE api_key ADD COLUMN previous_maker TEXT;
                CREATE INDEX api_key_owner ON api_key(owner)
                """),
        Migration(id: "keys-5", sql: "ALTER TABLE api_key ADD COLUMN log_content INTEGER NOT NULL DEFAULT 0"),
    ]

    /// Keys of one owner that work, and as many that did.
    package static let limit = 200

    private static let log = Log("gateway.keys")
    let database: Database
    let keys: Mutex<[String: APIKey]>

    /// Reads the keys.
    package init(_ database: Database) async throws {
        self.database = database
        let all = try await database.read { try $0.query("SELECT * FROM api_key", map: Self.key) }
        keys = Mutex(Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) }))
    }

    /// Checks the text of a key.
    /// - Returns: the key; `nil` when it is unknown, wrong, expired or revoked, all alike to the caller.
    package func authenticate(_ text: String, now: Timestamp = .now()) -> APIKey? {
        guard let token = KeyToken(text), let key = keys.withLock({ $0[token.id] }), key.accepts(token.hash, at: now) else {
            return nil
        }
        return key
    }

    /// On what terms calls of language models are made with a key; `nil` for what is no key.
    package func terms(of id: String) -> (models: KeyModels, logsContent: Bool)? {
        keys.withLock { $0[id].map { ($0.models, $0.logsContent) } }
    }

    /// Whose key it is; `nil` for what is no key.
    package func owner(of id: String) -> String? { keys.withLock { $0[id]?.owner } }

    /// Makes the very first key, an administrator's; does nothing when there is a key.
    /// - Parameter deliver: puts the key's text where its owner finds it. It runs before the key counts: a crash in between leaves
    ///   a text that opens nothing, and the next start makes another key.
    /// - Returns: whether it made the key.
    package func createOwnerKey(_ deliver: (String) throws -> Void) async throws -> Bool {
        guard keys.withLock({ $0.isEmpty }) else { return false }
        let (key, token) = Self.make(KeyRequest(name: "owner", owner: "owner", tier: "owner", scopes: [.admin]), by: nil)
        try deliver(token.text)
        try await insert(key, by: nil)
        return true
    }

    /// Makes a key.
    /// - Parameter maker: who asks.
    /// - Returns: the key and its text, which is not kept.
    /// - Throws: `GatewayError.keyInvalid`, `.scopeNotHeld`, `.modelsNotHeld`, `.keyCount`.
    package func create(_ request: KeyRequest, by maker: Principal) async throws -> (key: APIKey, text: String) {
        try request.validate()
        if !maker.isAdministrator {
            if let scope = request.scopes.sorted().first(where: { !maker.may($0) }) {
                throw GatewayError.scopeNotHeld(scope.rawValue)
            }
            guard (request.owner ?? maker.owner) == maker.owner, (request.tier ?? maker.tier) == maker.tier else {
                throw GatewayError.keyInvalid("only administrators can make keys for other owners or tiers")
            }
        }
        var request = request
        request.models = request.models ?? models(of: maker)
        guard models(of: maker).covers(request.models ?? .all) else { throw GatewayError.modelsNotHeld }
        var (key, token) = Self.make(request, by: maker)
        key.maker = person(behind: maker)
        try await insert(key, by: maker)
        return (key, token.text)
    }

    /// The keys that a principal may see, newest first.
    package func list(for principal: Principal) -> [APIKey] {
        keys.withLock { Array($0.values) }.filter { principal.isAdministrator || $0.owner == principal.owner }.sorted {
            $0.id > $1.id
        }
    }

    /// - Throws: `GatewayError.keyNotFound`, also for another owner's.
    package func find(_ id: String, for principal: Principal) throws(GatewayError) -> APIKey {
        guard let key = keys.withLock({ $0[id] }), principal.isAdministrator || key.owner == principal.owner else {
            throw .keyNotFound
        }
        return key
    }

    /// Gives a key a new secret; the old one works a while longer. A rotation before that is over ends the oldest secret.
    /// - Parameter grace: how long the old secret works, zero to `longestGrace`; zero when it is in wrong hands.
    /// - Throws: `GatewayError.keyNotFound`, `.keyInvalid` for a revoked or expired key or another grace; `.scopeNotHeld` and
    ///   `.modelsNotHeld` for a key that may more than who asks: its new text would be theirs.
    package func rotate(
        _ id: String, grace: Duration = KeyStore.rotationGrace, for principal: Principal
    ) async throws -> (key: APIKey, text: String) {
        guard grace >= .zero, grace <= Self.longestGrace else {
            throw GatewayError.keyInvalid("the old secret can work for 0 to \(Int(Self.longestGrace.seconds)) s longer")
        }
        let found = try find(id, for: principal)
        if let scope = found.scopes.sorted().first(where: { !principal.may($0) }) {
            throw GatewayError.scopeNotHeld(scope.rawValue)
        }
        guard principal.isAdministrator || found.tier == principal.tier else {
            throw GatewayError.keyInvalid("only administrators can rotate keys of other tiers")
        }
        let (held, person) = (models(of: principal), person(behind: principal))
        let token = KeyToken(id: id)
        let key = try await change(id) { key in
            let now = Timestamp.now()
            guard key.state(at: now) == "active" else { throw GatewayError.keyInvalid("only an active key can be rotated") }
            guard held.covers(key.models) else { throw GatewayError.modelsNotHeld }
            (key.previousHash, key.previousUntil) = (key.secretHash, now.advanced(by: grace))
            (key.secretHash, key.previousMaker, key.maker) = (token.hash, key.maker, person)
            key.generation += 1
        }
        return (key, token.text)
    }

    /// Changes what a key is for, which models it may use, or whether what it says is logged.
    /// - Throws: `GatewayError.keyNotFound`, `.keyInvalid`; `.modelsNotHeld` for models that who asks may not use, or for a key
    ///   that may use such already.
    package func update(_ id: String, _ wish: KeyChange, for principal: Principal) async throws -> APIKey {
        try wish.validate()
        _ = try find(id, for: principal)
        let held = models(of: principal)
        return try await change(id) { key in
            guard held.covers(key.models), held.covers(wish.models ?? key.models) else { throw GatewayError.modelsNotHeld }
            key.name = wish.name ?? key.name
            key.models = wish.models ?? key.models
            key.logsContent = wish.logsContent ?? key.logsContent
        }
    }

    /// The models that a principal may use: those of the key that speaks; every model for administrators and for people.
    package func models(of principal: Principal) -> KeyModels {
        principal.isAdministrator ? .all : keys.withLock { $0[principal.subject] }?.models ?? .all
    }

    /// Ends a key at once.
    /// - Throws: `GatewayError.keyNotFound`.
    package func revoke(_ id: String, for principal: Principal) async throws {
        _ = try find(id, for: principal)
        _ = try await change(id) { key in key.revoked = key.revoked ?? .now() }
    }

    /// A key that can be used now.
    func active(_ id: String) -> APIKey? {
        keys.withLock { $0[id] }.flatMap { $0.state(at: .now()) == "active" ? $0 : nil }
    }

    /// The generations of a key whose secrets may sign requests: the one before the last rotation too while its grace lasts.
    /// - Returns: none for a key that is unknown, expired or revoked.
    package func signingGenerations(of id: String, now: Timestamp = .now()) -> [Int] {
        keys.withLock { $0[id] }?.signingGenerations(at: now) ?? []
    }

    private static func make(_ request: KeyRequest, by maker: Principal?) -> (APIKey, KeyToken) {
        let token = KeyToken(id: Identifier.make("key"))
        let key = APIKey(
            id: token.id, name: request.name, owner: request.owner ?? maker?.owner ?? "owner",
            tier: request.tier ?? maker?.tier ?? "standard",
            scopes: request.scopes, created: .now(), expires: request.expires, revoked: nil,
            models: request.models ?? .all, logsContent: request.logsContent, generation: 1, secretHash: token.hash)
        return (key, token)
    }

    /// - Parameter maker: who must still be able to make keys when this one is written; `nil` for the studio itself.
    private func insert(_ key: APIKey, by maker: Principal?) async throws {
        do {
            try await database.write { [self] connection in
                if let maker { try Self.checkStanding(of: maker, on: connection) }
                try makeRoom(for: key, on: connection)
                try connection.execute(
                    """
                    INSERT INTO api_key(id, name, owner, tier, scopes, created, expires, secret_hash, models, maker, log_content)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, key.id, key.name, key.owner, key.tier, Self.text(key.scopes), key.created, key.expires, key.secretHash,
                    key.models.text, key.maker, key.logsContent)
                keys.withLock { $0[key.id] = key }
            }
        } catch {
            await readBack(key.id)
            throw error
        }
    }

    private func change(_ id: String, _ body: @escaping @Sendable (inout APIKey) throws -> Void) async throws -> APIKey {
        do {
            return try await database.write { [self] connection in
                guard var key = try Self.row(id, on: connection) else { throw GatewayError.keyNotFound }
                try body(&key)
                try set(key, on: connection)
                return key
            }
        } catch {
            await readBack(id)
            throw error
        }
    }

    /// Writes what can change of a key.
    func set(_ key: APIKey, on connection: Connection) throws {
        try connection.execute(
            """
            UPDATE api_key SET secret_hash = ?, previous_hash = ?, previous_until = ?, revoked = ?, name = ?, models = ?,
            generation = ?, maker = ?, previous_maker = ?, log_content = ? WHERE id = ?
            """, key.secretHash, key.previousHash, key.previousUntil, key.revoked, key.name, key.models.text, key.generation,
            key.maker, key.previousMaker, key.logsContent, key.id)
        keys.withLock { $0[key.id] = key }
    }

    /// Takes the row as it is on disk, on the writer's thread so that no change comes in between.
    private func readBack(_ id: String) async {
        do {
            try await database.write { [self] connection in
                let key = try Self.row(id, on: connection)
                keys.withLock { $0[id] = key }
            }
        } catch {
            Self.log.error("a key could not be read back", ["key": .string(id), "error": .string("\(error)")])
        }
    }

    private static func text(_ scopes: Set<Scope>) -> String { scopes.sorted().map(\.rawValue).joined(separator: " ") }

    static func row(_ id: String, on connection: Connection) throws -> APIKey? {
        try connection.first("SELECT * FROM api_key WHERE id = ?", id, map: key)
    }

    static func key(_ row: Row) throws -> APIKey {
        APIKey(
            id: try row.text("id"), name: try row.text("name"), owner: try row.text("owner"), tier: try row.text("tier"),
            scopes: Set(try row.text("scopes").split(separator: " ").map { Scope(rawValue: String($0)) }),
            created: try row.timestamp("created"), expires: try row.optionalTimestamp("expires"),
            revoked: try row.optionalTimestamp("revoked"), models: KeyModels(text: try row.optionalText("models")),
            logsContent: try row.integer("log_content") != 0,
            maker: try row.optionalText("maker"), previousMaker: try row.optionalText("previous_maker"),
            generation: Int(try row.integer("generation")),
            secretHash: try row.blob("secret_hash"),
            previousHash: try row.optionalBlob("previous_hash"), previousUntil: try row.optionalTimestamp("previous_until"))
    }
}
