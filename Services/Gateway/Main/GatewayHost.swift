import Blobs
import Contracts
import FoundationEssentials
import GatewayAPI
import GatewayCore
import HTTP
import HTTPClient
import HTTPServer
import Identity
import Jobs
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
        let frame = try await ServiceFrame(GatewayMethods.service, configuration.basics, migrations: Gateway.migrations)
        let (database, bus, metrics) = (frame.database, frame.bus, frame.metrics)
        let gateway = try await Gateway(
            database, blobs: try openBlobs(), limits: limits, uploadFolder: configuration.blobFolder + "/uploads",
            identity: try configuration.identity())
        if try await gateway.keys.createOwnerKey({ try SecretFile.write($0, to: configuration.ownerKeyFile) }) {
            Self.log.info("the owner key was made", ["file": .string(configuration.ownerKeyFile)])
        }
        metrics.counter("gateway_audit_lost_total", help: "Audit entries that the disk was too slow for.") {
            Double(gateway.audit.lostCount)
        }
        metrics.gauge("gateway_rate_buckets", help: "Token buckets in memory.") { Double(gateway.limiter.bucketCount) }
        let usage = try await Database.open(configuration.basics.stateFolder + "/usage.sqlite", migrations: ModelService.migrations)
        let reports = CallReports(bus: bus, audit: gateway.audit, metrics: metrics)
        let alerts = BudgetAlerts(database: usage, bus: bus)
        let models = try await ModelService(
            usage, settings: try configuration.models(), environment: ProcessInfo.processInfo.environment,
            alert: BudgetAlerts.append, report: { reports.report($0) })
        ModelMetrics.add(models, to: metrics)
        var router = frame.router()
        GatewayRoutes(gateway: gateway, models: models, token: frame.token, usesAccelRedirect: configuration.accelRedirect).add(
            to: &router)

        let sender = WebhookSender(hosts: EgressPolicy.hosts(configuration.webhookAllowedHosts))
        let dispatcher = WebhookDispatcher(gateway.webhooks) { try await sender.send($0) }
        let feed = EventFeed(bus: bus, gateway: gateway)
        let received = OutboxPublisher(database: database, bus: bus, batch: 64) { try await $0.ensureStream(HookStream.settings) }
        let fileMethods = FileMethod.all(gateway.files, bus)
        let endpoints = fileMethods.map { method in
            ServiceAnnouncement.Endpoint(
                name: method.name, subject: method.subject, queueGroup: GatewayMethods.service,
                statistics: { method.responder.statistics })
        }
        let parts =
            [
                Component("usage", drain: { await usage.close() }),
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
                Component("hooks", run: { await received.run() }),
                Component("registry", run: { try await watchRegistry(models) }),
                Component("sweeper", run: { try await sweep(gateway, models) }),
            ] + fileMethods.map { method in Component(method.name, run: { try await method.responder.run() }) }
        try await frame.run(router, parts, endpoints: endpoints, reload: { models.reload(onlyIfChanged: false) })
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
