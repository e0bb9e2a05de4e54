package import HTTP
package import Persistence
package import Primitives

/// The endpoints of owners; what is sent to them is in `Webhooks+Deliveries.swift`.
package final class Webhooks: OwnedRows {
    package static let migration = Migration(
        id: "webhooks-1",
        sql: """
            CREATE TABLE webhook_endpoint (
                id TEXT PRIMARY KEY, owner TEXT NOT NULL, url TEXT NOT NULL, types TEXT NOT NULL, version INTEGER NOT NULL,
                previous_until INTEGER, created INTEGER NOT NULL, stop TEXT, held_until INTEGER NOT NULL DEFAULT 0,
                last_success INTEGER
            ) STRICT;
            CREATE INDEX webhook_endpoint_owner ON webhook_endpoint(owner);
            CREATE TABLE webhook_message (
                id TEXT PRIMARY KEY, owner TEXT NOT NULL, type TEXT NOT NULL, payload BLOB NOT NULL, created INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX webhook_message_created ON webhook_message(created);
            CREATE TABLE webhook_delivery (
                message TEXT NOT NULL REFERENCES webhook_message(id) ON DELETE CASCADE,
                endpoint TEXT NOT NULL REFERENCES webhook_endpoint(id) ON DELETE CASCADE,
                state TEXT NOT NULL, attempts INTEGER NOT NULL, begun INTEGER, next INTEGER, PRIMARY KEY (endpoint, message)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX webhook_delivery_message ON webhook_delivery(message);
            CREATE INDEX webhook_delivery_due ON webhook_delivery(endpoint, next) WHERE state = 'waiting';
            CREATE TABLE webhook_attempt (
                message TEXT NOT NULL, endpoint TEXT NOT NULL, time INTEGER NOT NULL, status INTEGER, failure TEXT,
                duration INTEGER NOT NULL,
                FOREIGN KEY (endpoint, message) REFERENCES webhook_delivery(endpoint, message) ON DELETE CASCADE
            ) STRICT;
            CREATE INDEX webhook_attempt_delivery ON webhook_attempt(endpoint, message);
            """)
    /// How long the old secret signs too after a rotation, unless told otherwise.
    package static let overlap = Duration.hours(24)
    /// Endpoints of one owner.
    package static let limit = 50
    /// Deliveries that wait for one endpoint; more are there only until the next sweep.
    package static let waitingLimit = 10_000

    static let log = Log("identity.webhooks")

    package static let table = "webhook_endpoint"
    package static var notFound: any Error { WebhookError.notFound }

    package let database: Database
    let clock: @Sendable () -> Timestamp
    let schedule: DeliverySchedule
    private let secrets: DerivedSecrets
    private let plainHosts: Set<String>

    /// - Parameters:
    ///   - database: with `migration` applied.
    ///   - secrets: where the endpoints' secrets come from.
    ///   - schedule: when deliveries are tried again.
    ///   - plainHosts: hosts whose endpoints may be without TLS, as URLs name them: receivers on the same machine.
    ///   - clock: gives the present time.
    package init(
        _ database: Database, secrets: DerivedSecrets, schedule: DeliverySchedule = .standard, plainHosts: Set<String> = [],
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        (self.database, self.secrets, self.schedule, self.plainHosts, self.clock) = (
            database, secrets, schedule, plainHosts, clock
        )
    }

    /// Makes an endpoint.
    /// - Parameter types: event types, or beginnings with `.*`; all when empty; at most 100.
    /// - Throws: `WebhookError`: `.urlInvalid`, `.typeInvalid`, `.tooMany`.
    package func add(url: String, types: [String] = [], owner: String) async throws -> WebhookEndpoint {
        try WebhookEndpoint.check(url: url, plainHosts: plainHosts)
        for type in types.prefix(101) { try WebhookEndpoint.check(type: type, allowsStar: true) }
        guard types.count <= 100 else { throw WebhookError.typeInvalid("a list of more than 100 types") }
        let endpoint = WebhookEndpoint(
            id: Identifier.make("whk"), owner: owner, url: url, types: types, version: 1, previousUntil: nil, created: clock(),
            stop: nil)
        try await database.write { connection in
            guard try Self.count(of: owner, on: connection) < Self.limit else { throw WebhookError.tooMany(limit: Self.limit) }
            try connection.execute(
                "INSERT INTO webhook_endpoint(id, owner, url, types, version, created) VALUES (?, ?, ?, ?, 1, ?)", endpoint.id,
                owner,
                url, types.joined(separator: " "), endpoint.created)
        }
        return endpoint
    }

    /// Pauses an endpoint, or lets one go on that was paused or stopped; what waited for it is sent then, from the first attempt of
    /// the schedule.
    /// - Throws: `WebhookError.notFound`.
    package func setEnabled(_ isEnabled: Bool, _ id: String, of owner: String) async throws {
        let (stop, now): (WebhookEndpoint.Stop?, Timestamp) = (isEnabled ? nil : .paused, clock())
        try await database.write { connection in
            let found = try Self.find(id, of: owner, on: connection)
            try connection.execute("UPDATE webhook_endpoint SET stop = ?, held_until = 0 WHERE id = ?", stop?.rawValue, id)
            guard isEnabled, found.stop != nil else { return }
            try connection.execute(
                """
                UPDATE webhook_delivery SET attempts = 0, begun = NULL, next = ? WHERE endpoint = ? AND state = 'waiting'
                """, now, id)
        }
    }

    /// Gives an endpoint a new secret.
    /// - Parameter overlap: how long deliveries are signed with the old one too; zero when it is in wrong hands.
    /// - Returns: the new secret.
    /// - Throws: `WebhookError.notFound`.
    package func rotate(_ id: String, of owner: String, overlap: Duration = Webhooks.overlap) async throws -> WebhookSecret? {
        let until = clock().advanced(by: overlap)
        let endpoint = try await database.write { connection in
            try connection.execute(
                "UPDATE webhook_endpoint SET version = version + 1, previous_until = ? WHERE id = ? AND owner = ?", until, id, owner
            )
            return try Self.find(id, of: owner, on: connection)
        }
        return secrets(of: endpoint).first
    }

    /// The secrets that sign for an endpoint now, the present one first.
    package func secrets(of endpoint: WebhookEndpoint) -> [WebhookSecret] {
        let hasPrevious = endpoint.previousUntil.map { $0 > clock() } ?? false
        let versions = hasPrevious ? [endpoint.version, endpoint.version - 1] : [endpoint.version]
        return versions.compactMap { WebhookSecret(secrets.secret(for: "webhook", id: endpoint.id, version: $0)) }
    }

    package static func element(_ row: Row) throws -> WebhookEndpoint {
        WebhookEndpoint(
            id: try row.text("id"), owner: try row.text("owner"), url: try row.text("url"),
            types: try row.text("types").split(separator: " ").map(String.init), version: Int(try row.integer("version")),
            previousUntil: try row.optionalTimestamp("previous_until"), created: try row.timestamp("created"),
            stop: try row.optionalText("stop").map { WebhookEndpoint.Stop(rawValue: $0) ?? .paused })
    }
}
