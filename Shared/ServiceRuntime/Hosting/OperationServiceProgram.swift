import Contracts
import Glibc
package import HTTPServer
package import Jobs
package import Persistence
import Primitives

/// The whole executable of a service with operations: `serve` (HTTP, store, and workers unless `worker-slots` is 0), `work`
/// (workers only), `job` (the inside of one job's process) and `spare` (the same, waiting for its job).
package struct OperationServiceProgram: Sendable {
    private let catalogue: OperationCatalogue
    private let port: Int
    private let tools: [String]
    private let migrations: [Migration]
    private let components: @Sendable (ServiceDoors) -> [Component]
    private let routes: @Sendable (ServiceDoors, inout Router) -> Void

    /// - Parameters:
    ///   - catalogue: what the service can do.
    ///   - port: its default HTTP port.
    ///   - tools: folders of `tool-folder` that its operations find among their resources, where they are installed.
    ///   - migrations: tables of the service's own, beside those of the jobs.
    ///   - components: parts of the service's own that live as long as it serves.
    ///   - routes: adds routes of the service's own.
    package init(
        _ catalogue: OperationCatalogue, port: Int, tools: [String] = [], migrations: [Migration] = [],
        components: @escaping @Sendable (ServiceDoors) -> [Component] = { _ in [] },
        routes: @escaping @Sendable (ServiceDoors, inout Router) -> Void = { _, _ in }
    ) {
        self.catalogue = catalogue
        self.port = port
        self.tools = tools
        self.migrations = migrations
        self.components = components
        self.routes = routes
    }

    /// Runs the command that the arguments name and ends the process with its exit code: 0 done, 1 failed, 2 wrong usage.
    package func run(arguments: [String] = CommandLine.arguments) async -> Never {
        let everything = OperationCatalogue(
            service: catalogue.service, catalogue.operations + BenchOperations.all(catalogue.service))
        if let word = arguments.dropFirst().first, ["job", "spare"].contains(word) {
            exit(await JobProcess.run(everything, isSpare: word == "spare"))
        }
        let schema = ServiceConfiguration.schema(service: catalogue.service, port: port)
        let status = await ServiceProgram.status(
            catalogue.service, schema, words: ["serve", "work"], others: ["job"], arguments: arguments
        ) { word, configuration in
            let known = configuration.benchOperations ? everything : catalogue
            let host = OperationServiceHost(
                configuration: configuration, catalogue: known, tools: tools, migrations: migrations, components: components,
                routes: routes)
            try await word == "serve" ? host.serve() : host.work()
        }
        exit(status)
    }
}
