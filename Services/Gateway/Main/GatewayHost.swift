import Blobs
import Contracts
import FoundationEssentials
import GatewayAPI
import GatewayCore
import HTTP
import HTTPClient
import HTTPServer
import Identity
import Messaging
import ModelGateway
import Persistence
import Primitives
import ServiceRuntime

/// Puts the gateway's parts together and runs them.
struct GatewayHost: Sendable {
    private static let log = Log("gateway")
    let configuration: GatewayConfiguration

    func serve() async throws {
        let token = PrincipalToken(key: try Secrets.read(configuration.identityKeyFile, purpose: "identity key", minimum: 32))
        try FileManager.default.createDirectory(atPath: configuration.stateFolder, withIntermediateDirectories: true)
        let database = try await Database.open(configuration.stateFolder + "/gateway.sqlite", migrations: Gateway.migrations)
        let gateway = try await Gateway(
            database, blobs: try openBlobs(), limits: limits, uploadFolder: configuration.blobFolder + "/uploads",
            identity: try configuration.identity())
        if try await gateway.keys.createOwnerKey({ try SecretFile.write($0, to: configuration.ownerKeyFile) }) {
            Self.log.info("the owner key was made", ["file": .string(configuration.ownerKeyFile)])
        }
        let bus = try await connect()
        let metrics = MetricsRegistry()
        metrics.counter("gateway_audit_lost_total", help: "Audit entries that the disk was too slow for.") {
            Double(gateway.audit.lostCount)
        }
        metrics.gauge("gateway_rate_buckets", help: "Token buckets in memory.") { Double(gateway.limiter.bucketCount) }
        let usage = try await Database.open(configuration.stateFolder + "/usage.sqlite", migrations: ModelService.migrations)
        let reports = CallReports(bus: bus, audit: gateway.audit, metrics: metrics)
        let alerts = BudgetAlerts(database: usage, bus: bus)
        let models = try await ModelService(
            usage, settings: configuration.models, environment: ProcessInfo.processInfo.environment,
            alert: BudgetAlerts.append, report: { reports.report($0) })
        ModelMetrics.add(models, to: metrics)
        let server = HTTPServer(configuration: http, router: router(gateway, models, token, metrics, bus, database))

        let sender = WebhookSender(hosts: EgressPolicy.hosts(configuration.webhookAllowedHosts))
        let dispatcher = WebhookDispatcher(gateway.webhooks) { try await sender.send($0) }
        let feed = EventFeed(bus: bus, gateway: gateway)
        let fileMethods = FileMethod.all(gateway.files, bus)
        let discovery = bus.announce(
            ServiceAnnouncement(
                name: "avstudio-gateway", id: Identifier.make("svc"), version: "0.1.0", description: "AV-Studio gateway",
                endpoints: fileMethods.map { method in
                    .init(
                        name: method.name, subject: method.subject, queueGroup: GatewayMethods.service,
                        statistics: { method.responder.statistics })
                }))
        let components =
            [
                Component("database", drain: { await database.close() }),
                Component("usage", drain: { await usage.close() }),
                Component("nats", drain: { await bus.drain() }),
                Component(
                    "audit",
                    run: {
                        try await gateway.audit.run()
                        try await Component.untilCancelled()
                    }, drain: { await gateway.audit.drain() }),
                Component(
                    "models",
                    run: {
                        try await models.run()
                        try await Component.untilCancelled()
                    }, drain: { await models.drain() }),
                Component("reports", run: { try await reports.run() }, drain: { reports.flush() }),
                Component("alerts", run: { await alerts.run() }),
                Component(
                    "webhooks",
                    run: {
                        do {
                            try await dispatcher.run()
                        } catch {
                            await sender.shutdown()
                            throw error
                        }
                    }),
                Component("events", run: { try await feed.run() }),
                Component("registry", run: { try await watchRegistry(models) }),
                Component("discovery", run: { try await discovery.run() }),
                Component("sweeper", run: { try await sweep(gateway, models) }),
            ] + fileMethods.map { method in Component(method.name, run: { try await method.responder.run() }) }
            + [Component("http", drain: { await server.drain() })]
        try server.start()
        Self.log.info("the service is ready", ["service": "gateway", "port": JSONValue(server.port)])
        try await Lifecycle(components, reload: { models.reload(onlyIfChanged: false) }).run()
    }

    private func router(
        _ gateway: Gateway, _ models: ModelService, _ token: PrincipalToken, _ metrics: MetricsRegistry, _ bus: MessageBus,
        _ database: Database
    ) -> Router {
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
        GatewayRoutes(gateway: gateway, models: models, token: token, usesAccelRedirect: configuration.accelRedirect).add(
            to: &router)
        return router
    }

    private var http: HTTPServerConfiguration {
        var http = HTTPServerConfiguration()
        http.host = configuration.httpHost
        http.port = configuration.httpPort
        return http
    }

    private var limits: FileLimits {
        FileLimits(
            file: .bytes(Int64(configuration.maximumFileBytes)), owner: .bytes(Int64(configuration.ownerQuotaBytes)),
            count: configuration.ownerFileCount, retention: Self.days(configuration.retentionDays),
            minimumFree: .bytes(Int64(configuration.minimumFreeBytes)))
    }

    private func openBlobs() throws -> LocalBlobStore {
        let quota = configuration.blobQuotaBytes > 0 ? ByteSize.bytes(Int64(configuration.blobQuotaBytes)) : nil
        return try LocalBlobStore(
            root: configuration.blobFolder, quota: quota, minimumFree: .bytes(Int64(configuration.minimumFreeBytes)))
    }

    private func connect() async throws -> MessageBus {
        try await MessageBus.connect(
            NATSAccess.configuration(
                name: "avstudio-gateway", url: configuration.natsURL, user: configuration.natsUser,
                passwordFile: configuration.natsPasswordFile))
    }

    /// Sees changes of the registry's files within two seconds.
    private func watchRegistry(_ models: ModelService) async throws {
        while true {
            try await Task.sleep(for: .seconds(2))
            models.reload(onlyIfChanged: true)
        }
    }

    private func sweep(_ gateway: Gateway, _ models: ModelService) async throws {
        while true {
            await gateway.sweep(auditAge: Self.days(configuration.auditDays))
            await models.sweep()
            try await Task.sleep(for: .minutes(10))
        }
    }

    /// 0 means for ever.
    private static func days(_ count: Double) -> Duration? { count > 0 ? .seconds(count * 86_400) : nil }
}
