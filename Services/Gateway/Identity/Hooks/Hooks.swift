import Contracts
import Cryptography
import HTTP
package import Persistence
package import Primitives
import Synchronization

/// The hooks of owners: where others send messages to. What comes in there is in `Hooks+Messages.swift`; those that were accepted
/// before a hook is removed are published all the same.
package final class Hooks: OwnedRows {
    package static let migrations = [
        Migration(
            id: "hooks-1",
            sql: """
                CREATE TABLE hook (
                    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, event TEXT NOT NULL, scheme TEXT NOT NULL,
                    version INTEGER NOT NULL, given BLOB, previous_given BLOB, previous_until INTEGER, created INTEGER NOT NULL,
                    enabled INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX hook_owner ON hook(owner);
                CREATE TABLE hook_delivery (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT NOT NULL REFERENCES hook(id) ON DELETE CASCADE,
                    time INTEGER NOT NULL, outcome TEXT NOT NULL, message TEXT, kind TEXT, size INTEGER NOT NULL,
                    repeats INTEGER NOT NULL DEFAULT 0, event_id TEXT
                ) STRICT;
                CREATE INDEX hook_delivery_hook ON hook_delivery(hook, sequence);
                CREATE UNIQUE INDEX hook_delivery_message ON hook_delivery(hook, message) WHERE outcome = 'accepted';
                CREATE INDEX hook_delivery_time ON hook_delivery(time)
                """),
        // The outbox keeps what was refused for a while only.
        Migration(
            id: "hooks-2",
            sql: """
                ALTER TABLE hook_delivery ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
                CREATE INDEX hook_delivery_event ON hook_delivery(event_id) WHERE event_id IS NOT NULL;
                UPDATE hook_delivery SET refused = 1 WHERE event_id IN (SELECT id FROM outbox_refused);
                CREATE TRIGGER hook_delivery_refused AFTER INSERT ON outbox_refused BEGIN
                    UPDATE hook_delivery SET refused = 1 WHERE event_id = new.id;
                END
                """),
    ]
    /// How long the old secret is good too after a rotation, unless told otherwise.
    package static let overlap = Duration.hours(24)
    /// Hooks of one owner.
    package static let limit = 50

    package static let table = "hook"
    package static var notFound: any Error { HookError.notFound }

    package let database: Database
    let clock: @Sendable () -> Timestamp
    static let log = Log("identity.hooks")

    /// Refusals of each hook in the present second.
    let refusals = Mutex((second: Int64(0), counts: [String: Int]()))
    private let secrets: DerivedSecrets

    /// - Parameters:
    ///   - database: with `Outbox.migrations` and `migrations` applied.
    ///   - secrets: where the hooks' secrets come from, and what seals those that senders have chosen.
    ///   - clock: gives the present time.
    package init(_ database: Database, secrets: DerivedSecrets, clock: @escaping @Sendable () -> Timestamp = Timestamp.now) {
        (self.database, self.secrets, self.clock) = (database, secrets, clock)
    }

    /// Makes a hook.
    /// - Parameters:
    ///   - event: what its messages are called: names of letters, digits and `_` with full stops between them.
    ///   - secret: as the sender has it; made here when `nil`.
    /// - Returns: the hook and its secret.
    /// - Throws: `HookError`: `.eventInvalid`, `.secretInvalid`, `.tooMany`.
    package func add(
        name: String, event: String, scheme: HookScheme, secret: String? = nil, owner: String
    ) async throws -> (hook: Hook, secret: String) {
        do {
            try WebhookEndpoint.check(type: event, allowsStar: false)
        } catch {
            throw HookError.eventInvalid(event)
        }
        if let secret { try scheme.check(secret: secret) }
        let id = Identifier.make("hook")
        let hook = Hook(
            id: id, owner: owner, name: name, event: event, scheme: scheme, version: 1,
            given: secret.map { seal($0, of: id, version: 1) }, previousGiven: nil, previousUntil: nil, created: clock(),
            isEnabled: true)
        try await database.write { connection in
            guard try Self.count(of: owner, on: connection) < Self.limit else { throw HookError.tooMany(limit: Self.limit) }
            try connection.execute(
                """
                INSERT INTO hook(id, owner, name, event, scheme, version, given, created, enabled)
                    VALUES (?, ?, ?, ?, ?, 1, ?, ?, 1)
                """, id, owner, name, event, scheme.rawValue, hook.given, hook.created)
        }
        return (hook, secret ?? derived(hook, version: 1))
    }

    /// Lets a hook take messages, or no more.
    /// - Throws: `HookError.notFound`.
    package func setEnabled(_ isEnabled: Bool, _ id: String, of owner: String) async throws {
        try await database.write { connection in
            try connection.execute("UPDATE hook SET enabled = ? WHERE id = ? AND owner = ?", isEnabled, id, owner)
            guard connection.changes == 1 else { throw HookError.notFound }
        }
    }

    /// Gives a hook a new secret.
    /// - Parameters:
    ///   - secret: as the sender has it; made here when `nil`.
    ///   - overlap: how long the old one is good too; zero when it is in wrong hands.
    /// - Returns: the hook and its new secret.
    /// - Throws: `HookError`: `.notFound`, `.secretInvalid`.
    package func rotate(
        _ id: String, of owner: String, secret: String? = nil, overlap: Duration = Hooks.overlap
    ) async throws -> (hook: Hook, secret: String) {
        let until = clock().advanced(by: overlap)
        let hook = try await database.write { [self] connection in
            let found = try Self.find(id, of: owner, on: connection)
            if let secret { try found.scheme.check(secret: secret) }
            let version = found.version + 1
            try connection.execute(
                "UPDATE hook SET version = ?, given = ?, previous_given = ?, previous_until = ? WHERE id = ?", version,
                secret.map { seal($0, of: id, version: version) }, found.given, until, id)
            return try Self.find(id, of: owner, on: connection)
        }
        return (hook, secret ?? derived(hook, version: hook.version))
    }

    /// The secrets that are good for a hook now, the present one first.
    func secrets(of hook: Hook) -> [String] {
        var secrets = [text(hook.given, hook, version: hook.version)]
        if hook.version > 1, let until = hook.previousUntil, until > clock() {
            secrets.append(text(hook.previousGiven, hook, version: hook.version - 1))
        }
        return secrets.compactMap { $0 }
    }

    private func text(_ given: Bytes?, _ hook: Hook, version: Int) -> String? {
        guard let given else { return derived(hook, version: version) }
        let nonce = Array(given.prefix(AES256GCM.nonceLength))
        let key = secrets.secret(for: "hook-seal", id: hook.id, version: version)
        return AES256GCM.open(Array(given.dropFirst(nonce.count)), key: key, nonce: nonce)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private func seal(_ secret: String, of id: String, version: Int) -> Bytes {
        let nonce = SecureRandom.bytes(AES256GCM.nonceLength)
        let key = secrets.secret(for: "hook-seal", id: id, version: version)
        return nonce + AES256GCM.seal(Bytes(secret.utf8), key: key, nonce: nonce)
    }

    private func derived(_ hook: Hook, version: Int) -> String {
        WebhookSecret(secrets.secret(for: "hook", id: hook.id, version: version))?.text ?? ""
    }

    package static func element(_ row: Row) throws -> Hook {
        Hook(
            id: try row.text("id"), owner: try row.text("owner"), name: try row.text("name"), event: try row.text("event"),
            scheme: HookScheme(rawValue: try row.text("scheme")) ?? .standard, version: Int(try row.integer("version")),
            given: try row.optionalBlob("given"), previousGiven: try row.optionalBlob("previous_given"),
            previousUntil: try row.optionalTimestamp("previous_until"), created: try row.timestamp("created"),
            isEnabled: try row.bool("enabled"))
    }
}
