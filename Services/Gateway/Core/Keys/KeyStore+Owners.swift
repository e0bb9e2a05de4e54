import Contracts
import Identity
import Persistence
package import Primitives
import Synchronization

/// What keys have to do with those whose they are and who made them.
extension KeyStore {
    /// The person who learns a text that a principal is given: themselves, or who made the key that asks.
    func person(behind principal: Principal) -> String? {
        principal.person ?? keys.withLock { $0[principal.subject]?.maker }
    }

    /// A request takes a while: meanwhile its key may have been revoked, or the person been removed from the organisation.
    /// - Throws: `GatewayError.scopeNotHeld`.
    static func checkStanding(of maker: Principal, on connection: Connection) throws {
        let stands =
            if let person = maker.person, let organisation = maker.organisation {
                try Accounts.role(of: person, in: organisation, on: connection)?.scopes.contains(.keysManage) ?? false
            } else {
                try row(maker.subject, on: connection)?.state(at: .now()) ?? "active" == "active"
            }
        guard stands else { throw GatewayError.scopeNotHeld(Scope.keysManage.rawValue) }
    }

    /// Holds an owner to the number of keys, and forgets the oldest of those that work no more.
    /// - Throws: `GatewayError.keyCount`.
    func makeRoom(for key: APIKey, on connection: Connection) throws {
        let active = try connection.first(
            "SELECT count(*) AS n FROM api_key WHERE owner = ?1 AND revoked IS NULL AND coalesce(expires > ?2, TRUE)", key.owner,
            key.created
        ) { try $0.integer("n") }
        guard (active ?? 0) < Self.limit else { throw GatewayError.keyCount(limit: Self.limit) }
        let ended = try connection.query(
            """
            DELETE FROM api_key WHERE \(Self.isLater) AND id IN (
                SELECT id FROM api_key WHERE owner = ?1 AND (revoked IS NOT NULL OR expires <= ?2)
                ORDER BY id DESC LIMIT -1 OFFSET \(Self.limit)
            ) RETURNING id
            """, key.owner, key.created
        ) { try $0.text("id") }
        forget(ended)
    }

    /// Removes keys that have not worked for a while.
    package func sweep(olderThan age: Duration, now: Timestamp = .now()) async throws {
        let limit = now.advanced(by: .zero - age)
        try await database.write { [self] connection in
            let ended = try connection.query(
                "DELETE FROM api_key WHERE \(Self.isLater) AND coalesce(revoked, expires) <= ? RETURNING id", limit
            ) { try $0.text("id") }
            forget(ended)
        }
    }

    /// The first of all keys stays: without any, the next start would make another owner's key.
    private static let isLater = "id > (SELECT min(id) FROM api_key)"

    private func forget(_ ids: [String]) {
        keys.withLock { keys in for id in ids { keys[id] = nil } }
    }

    /// Ends keys inside the caller's transaction: of an owner, of a person who knows their texts, or both. Where the person knows
    /// only the text before the last rotation, that one ends and the key goes on.
    func end(of owner: String? = nil, knownTo person: String? = nil, on connection: Connection) throws {
        let now = Timestamp.now()
        let ending = try connection.query(
            """
            SELECT * FROM api_key WHERE revoked IS NULL AND (?1 IS NULL OR owner = ?1)
                AND (?2 IS NULL OR maker = ?2 OR previous_maker = ?2)
            """, owner, person, map: Self.key)
        for var key in ending {
            if person == nil || key.maker == person { key.revoked = now } else { key.previousUntil = now }
            try set(key, on: connection)
        }
    }

    /// Runs a transaction that ends keys; when it fails, what memory knows of keys is read again.
    func following<T: Sendable>(_ transaction: () async throws -> T) async throws -> T {
        do {
            return try await transaction()
        } catch let refusal as IdentityError {
            // Whoever is refused has changed nothing.
            throw refusal
        } catch {
            try await database.write { [self] connection in
                let all = try connection.query("SELECT * FROM api_key", map: Self.key)
                keys.withLock { $0 = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) }) }
            }
            throw error
        }
    }
}
