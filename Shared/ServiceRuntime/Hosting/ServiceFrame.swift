import FoundationEssentials
package import HTTPServer
import Jobs
package import Messaging
package import Persistence
import Primitives

/// What every service that serves stands on: its key, its store, its connection to nats-server and its metrics; and how it is put
/// together and run.
package struct ServiceFrame: Sendable {
    private static let log = Log("host")
    private let service: String
    private let basics: ServiceBasics
    package let identityKey: [UInt8]
    package let authenticator: Authenticator
    package let database: Database
    package let bus: MessageBus
    package let metrics = MetricsRegistry()

    /// Opens the store and connects.
    /// - Parameters:
    ///   - service: `audio`, `gateway`, …: names the database, the connection and what is announced.
    ///   - migrations: of its store, `<service>.sqlite` in the state folder.
    /// - Throws: `ConfigurationError`, `DatabaseError`, `MessagingError`.
    package init(_ service: String, _ basics: ServiceBasics, migrations: [Migration]) async throws {
        (self.service, self.basics) = (service, basics)
        identityKey = try Secrets.read(basics.identityKeyFile, purpose: "identity key", minimum: 32)
        authenticator = Authenticator(token: PrincipalToken(key: identityKey))
        try FileManager.default.createDirectory(atPath: basics.stateFolder, withIntermediateDirectories: true)
        database = try await Database.open(basics.stateFolder + "/\(service).sqlite", migrations: migrations)
        bus = try await Self.connect(service, basics)
    }

    /// Connects to nats-server as the service.
    static func connect(_ service: String, _ basics: ServiceBasics) async throws -> MessageBus {
        try await MessageBus.connect(
            NATSAccess.configuration(
                name: "avstudio-\(service)", url: basics.natsURL, user: basics.natsUser, passwordFile: basics.natsPasswordFile))
    }

    package var token: PrincipalToken { PrincipalToken(key: identityKey) }

    /// A router with what every service answers.
    /// - Parameter checks: what of the service's own has to be so before it is ready.
    package func router(_ checks: [ReadinessCheck] = []) -> Router {
        var router = Router()
        router.use(Observation(metrics: metrics))
        HealthRoutes.add(
            to: &router, metrics: metrics,
            checks: [
                ReadinessCheck("nats") { bus.isConnected },
                ReadinessCheck("database") {
                    (try? await database.read { try $0.first("SELECT 1 AS one") { try $0.integer("one") } }) == 1
                },
            ] + checks)
        return router
    }

    /// Publishes what the store's outbox holds.
    package var outbox: Component {
        let publisher = OutboxPublisher(database: database, bus: bus)
        return Component(
            "outbox",
            run: {
                await publisher.run()
                try await Component.untilCancelled()
            })
    }

    /// Serves until the process shall end.
    /// - Parameters:
    ///   - parts: of the service's own, dependencies first; they outlive the door and are outlived by the store and the connection.
    ///   - endpoints: what it answers over NATS.
    ///   - drainLimit: the longest time that one part may take to drain.
    ///   - reload: see `Lifecycle`.
    package func run(
        _ router: Router, _ parts: [Component], endpoints: [ServiceAnnouncement.Endpoint] = [],
        drainLimit: Duration = .seconds(30), reload: (@Sendable () -> Void)? = nil
    ) async throws {
        var http = HTTPServerConfiguration()
        (http.host, http.port) = (basics.httpHost, basics.httpPort)
        let server = HTTPServer(configuration: http, router: router)
        let discovery = bus.announce(
            ServiceAnnouncement(
                name: "avstudio-\(service)", id: Identifier.make("svc"), version: "0.1.0", description: "AV-Studio \(service)",
                endpoints: endpoints))
        let base = [
            Component("database", drain: { await database.close() }), Component("nats", drain: { await bus.drain() }),
            Component("discovery", run: { try await discovery.run() }),
        ]
        try server.start()
        Self.log.info("the service is ready", ["service": .string(service), "port": JSONValue(server.port)])
        try await Lifecycle(
            base + parts + [Component("http", drain: { await server.drain() })], drainLimit: drainLimit, reload: reload
        ).run()
    }
}
