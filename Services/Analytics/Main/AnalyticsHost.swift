import AnalyticsAPI
import AnalyticsCore
import FoundationEssentials
import HTTPServer
import Messaging
import Persistence
import Primitives
import ServiceRuntime

/// Puts the parts of the analytics together and runs them.
struct AnalyticsHost: Sendable {
    private static let log = Log("analytics")
    let configuration: AnalyticsConfiguration

    func serve() async throws {
        try configuration.validate()
        let token = PrincipalToken(key: try Secrets.read(configuration.identityKeyFile, purpose: "identity key", minimum: 32))
        try FileManager.default.createDirectory(atPath: configuration.stateFolder, withIntermediateDirectories: true)
        // What the power takes with it is lost with its sums and its places in the streams, never a part of them.
        let database = try await Database.open(
            configuration.stateFolder + "/analytics.sqlite", migrations: AnalyticsSchema.migrations + PipelineBoard.migrations,
            durability: .full)
        // The sums of many minutes are changed by turns; SQLite's own cache of a megabyte would have to read them again each time.
        try await database.write { try $0.execute("PRAGMA cache_size = -32768") }
        let bus = try await MessageBus.connect(
            NATSAccess.configuration(
                name: "avstudio-analytics", url: configuration.natsURL, user: configuration.natsUser,
                passwordFile: configuration.natsPasswordFile))
        let collector = Collector(database)
        let board = PipelineBoard(database, file: configuration.stateFolder + "/pipeline_state.json")
        let metrics = MetricsRegistry()
        CollectorMetrics.add(collector, to: metrics)
        var router = Router()
        router.use(Observation(metrics: metrics))
        router.use(CrossOrigin(configuration.corsOrigins))
        HealthRoutes.add(
            to: &router, metrics: metrics,
            checks: [
                ReadinessCheck("nats") { bus.isConnected },
                ReadinessCheck("database") {
                    (try? await database.read { try $0.first("SELECT 1 AS one") { try $0.integer("one") } }) == 1
                },
            ])
        AnalyticsRoutes(
            database: database, collector: collector, board: board, authenticator: Authenticator(token: token),
            isEnabled: Analytics.isEnabled
        ).add(to: &router)
        var http = HTTPServerConfiguration()
        http.host = configuration.httpHost
        http.port = configuration.httpPort
        let server = HTTPServer(configuration: http, router: router)
        var components = [
            Component("database", drain: { await database.close() }),
            Component("nats", drain: { await bus.drain() }),
        ]
        components += [
            Component("pipelines", run: { try await board.run() }), Component("sweeper", run: { try await sweep(collector) }),
        ]
        let publisher = OutboxPublisher(database: database) { message in
            _ = try await bus.publishDurable(message.subject, message.payload, messageID: message.id, headers: message.headers)
        }
        components.append(
            Component(
                "telling",
                run: {
                    await publisher.run()
                    try await Component.untilCancelled()
                }))
        if Analytics.isEnabled {
            for feed in [Feed.metrics(bus, collector), Feed.events(bus, collector)] {
                components.append(Component(feed.stream, run: { try await feed.run() }))
            }
        }
        let discovery = bus.announce(
            ServiceAnnouncement(
                name: "avstudio-analytics", id: Identifier.make("svc"), version: "0.1.0", description: "AV-Studio analytics",
                endpoints: []))
        components.append(Component("discovery", run: { try await discovery.run() }))
        components.append(Component("http", drain: { await server.drain() }))
        try server.start()
        Self.log.info("the service is ready", ["service": "analytics", "port": JSONValue(server.port)])
        try await Lifecycle(components).run()
    }

    private func sweep(_ collector: Collector) async throws {
        let policy = configuration.retention
        while true {
            do {
                let count = try await collector.sweep(policy)
                if count > 0 { Self.log.info("what was too old is gone", ["rows": JSONValue(count)]) }
            } catch {
                try Task.checkCancellation()
                Self.log.warning("what is too old remains", ["error": .string("\(error)")])
            }
            try await Task.sleep(for: .minutes(60))
        }
    }
}
