import AlertingAPI
import AlertingCore
import Contracts
import FoundationEssentials
import HTTP
import HTTPClient
import HTTPServer
import Messaging
import Persistence
import Primitives
import ServiceRuntime

/// Puts the parts of the alerting together and runs them.
struct AlertingHost: Sendable {
    private static let log = Log("alerting")
    let configuration: AlertingConfiguration

    func serve() async throws {
        let token = PrincipalToken(key: try Secrets.read(configuration.identityKeyFile, purpose: "identity key", minimum: 32))
        try FileManager.default.createDirectory(atPath: configuration.stateFolder, withIntermediateDirectories: true)
        let files = AlertFiles(
            configuration.alertsFile, copy: configuration.stateFolder + "/alerts.last.yaml",
            environment: ProcessInfo.processInfo.environment)
        let database = try await Database.open(
            configuration.stateFolder + "/alerting.sqlite", migrations: AlertingSchema.migrations, durability: .full)
        let bus = try await MessageBus.connect(
            NATSAccess.configuration(
                name: "avstudio-alerting", url: configuration.natsURL, user: configuration.natsUser,
                passwordFile: configuration.natsPasswordFile))
        let center = AlertCenter(database, url: configuration.publicURL.isEmpty ? nil : configuration.publicURL + "/#alerts")
        let generation = files.generation
        try await center.load(files.current)
        let queue = DeliveryQueue(database)
        let sender = ChannelSender(
            egress: .allowing(EgressPolicy.hosts(configuration.privateHosts)),
            trustedCertificates: configuration.trustedCertificates.isEmpty ? nil : configuration.trustedCertificates,
            report: ReportSource(url: configuration.analyticsURL, token: token).fetch)
        let deliverer = Deliverer(center, queue) { await sender.send($0) }
        let publisher = OutboxPublisher(database: database) { message in
            _ = try await bus.publishDurable(message.subject, message.payload, messageID: message.id, headers: message.headers)
        }
        let server = try server(center, files, queue, token, bus, database)
        var components = [
            Component("database", drain: { await database.close() }),
            Component("nats", drain: { await bus.drain() }),
            Component(
                "events",
                run: {
                    await publisher.run()
                    try await Component.untilCancelled()
                }),
            Component(
                "deliveries",
                run: {
                    do {
                        try await deliverer.run()
                    } catch {
                        await sender.shutdown()
                        throw error
                    }
                }),
            Component("rounds", run: { try await rounds(center) }, drain: { await center.save(force: true) }),
            Component("file", run: { try await watch(files, center, generation) }),
            Component("sweeper", run: { try await sweep(queue) }),
            Component(
                "probes",
                run: {
                    try await Probes(configuration.probes, folder: configuration.stateFolder).run(
                        center, every: .seconds(configuration.probeSeconds))
                }),
        ]
        for feed in [AlertFeed.metrics(bus, center), AlertFeed.events(bus, center)] {
            components.append(Component(feed.stream, run: { try await feed.run() }))
        }
        let discovery = bus.announce(
            ServiceAnnouncement(
                name: "avstudio-alerting", id: Identifier.make("svc"), version: "0.1.0", description: "AV-Studio alerting",
                endpoints: []))
        components.append(Component("discovery", run: { try await discovery.run() }))
        components.append(Component("http", drain: { await server.drain() }))
        try server.start()
        Self.log.info("the service is ready", ["service": "alerting", "port": JSONValue(server.port)])
        try await Lifecycle(components, reload: { files.reload() }).run()
    }

    private func server(
        _ center: AlertCenter, _ files: AlertFiles, _ queue: DeliveryQueue, _ token: PrincipalToken, _ bus: MessageBus,
        _ database: Database
    ) throws -> HTTPServer {
        let metrics = MetricsRegistry()
        AlertingMetrics.add(center, to: metrics)
        var router = Router()
        router.use(Observation(metrics: metrics))
        HealthRoutes.add(
            to: &router, metrics: metrics,
            checks: [
                ReadinessCheck("nats") { bus.isConnected },
                ReadinessCheck("database") {
                    (try? await database.read { try $0.first("SELECT 1 AS one") { try $0.integer("one") } }) == 1
                },
            ])
        AlertingRoutes(center: center, files: files, queue: queue, authenticator: Authenticator(token: token)).add(to: &router)
        var http = HTTPServerConfiguration()
        (http.host, http.port) = (configuration.httpHost, configuration.httpPort)
        return HTTPServer(configuration: http, router: router)
    }

    private func rounds(_ center: AlertCenter) async throws {
        while true {
            await center.round()
            try await Task.sleep(for: .seconds(configuration.roundSeconds))
        }
    }

    /// Sees changes of the file within a second.
    private func watch(_ files: AlertFiles, _ center: AlertCenter, _ first: Int) async throws {
        var generation = first
        while true {
            try await Task.sleep(for: .milliseconds(500))
            files.reloadIfChanged()
            guard files.generation != generation else { continue }
            generation = files.generation
            await center.replace(files.current)
        }
    }

    private func sweep(_ queue: DeliveryQueue) async throws {
        while true {
            do { try await queue.sweep() } catch {
                try Task.checkCancellation()
                Self.log.warning("what is too old remains", ["error": .string("\(error)")])
            }
            try await Task.sleep(for: .minutes(60))
        }
    }
}
