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
        let frame = try await ServiceFrame(AlertingService.name, configuration.basics, migrations: AlertingSchema.migrations)
        let (database, bus, stateFolder) = (frame.database, frame.bus, configuration.basics.stateFolder)
        let files = AlertFiles(
            configuration.alertsFile, copy: stateFolder + "/alerts.last.yaml",
            environment: ProcessInfo.processInfo.environment)
        let center = AlertCenter(database, url: configuration.publicURL.isEmpty ? nil : configuration.publicURL + "/#alerts")
        try await center.load(files.current)
        let queue = DeliveryQueue(database)
        let sender = ChannelSender(
            egress: .allowing(EgressPolicy.hosts(configuration.privateHosts)),
            trustedCertificates: configuration.trustedCertificates.isEmpty ? nil : configuration.trustedCertificates,
            report: ReportSource(url: configuration.analyticsURL, token: frame.token).fetch)
        let deliverer = Deliverer(center, queue) { await sender.send($0) }
        AlertingMetrics.add(center, to: frame.metrics)
        var router = frame.router()
        AlertingRoutes(center: center, files: files, queue: queue, authenticator: frame.authenticator).add(to: &router)
        var parts = [
            frame.outbox,
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
            Component("file", run: { try await watch(files, center) }),
            Component("sweeper", run: { try await sweep(queue) }),
            Component(
                "probes",
                run: {
                    try await Probes(configuration.probes, folder: stateFolder).run(
                        center, every: .seconds(configuration.probeSeconds))
                }),
        ]
        for feed in [AlertFeed.metrics(bus, center), .taken(bus, center), .events(bus, center)] {
            parts.append(Component(feed.stream, run: { try await feed.run() }))
        }
        try await frame.run(router, parts, reload: { files.reload() })
    }

    private func rounds(_ center: AlertCenter) async throws {
        while true {
            await center.round()
            try await Task.sleep(for: .seconds(configuration.roundSeconds))
        }
    }

    /// Sees changes of the file, and of those with its secrets, within a second.
    private func watch(_ files: AlertFiles, _ center: AlertCenter) async throws {
        while true {
            try await Task.sleep(for: .milliseconds(500))
            await center.refresh(files)
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
