import AnalyticsAPI
import AnalyticsCore
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime

/// Puts the parts of the analytics together and runs them.
struct AnalyticsHost: Sendable {
    private static let log = Log("analytics")
    let configuration: AnalyticsConfiguration

    func serve() async throws {
        try configuration.validate()
        // What the power takes with it is lost with its sums and its places in the streams, never a part of them.
        let frame = try await ServiceFrame(
            AnalyticsService.name, configuration.basics, migrations: AnalyticsSchema.migrations + PipelineBoard.migrations)
        let (database, bus) = (frame.database, frame.bus)
        // The sums of many minutes are changed by turns; SQLite's own cache of a megabyte would have to read them again each time.
        try await database.write { try $0.execute("PRAGMA cache_size = -32768") }
        let collector = Collector(database)
        let board = PipelineBoard(database, file: configuration.basics.stateFolder + "/pipeline_state.json")
        CollectorMetrics.add(collector, to: frame.metrics)
        var router = frame.router()
        router.use(CrossOrigin(configuration.corsOrigins))
        AnalyticsRoutes(
            database: database, collector: collector, board: board, authenticator: frame.authenticator,
            isEnabled: Analytics.isEnabled
        ).add(to: &router)
        var parts = [
            Component("pipelines", run: { try await board.run() }), Component("sweeper", run: { try await sweep(collector) }),
            frame.outbox,
        ]
        if Analytics.isEnabled {
            for feed in [Feed.metrics(bus, collector), Feed.events(bus, collector)] {
                parts.append(Component(feed.stream, run: { try await feed.run() }))
            }
        }
        try await frame.run(router, parts)
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
