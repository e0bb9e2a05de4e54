import Blobs
import Contracts
import FoundationEssentials
import HTTP
import HTTPClient
import HTTPServer
import Jobs
import Messaging
import Persistence
import Primitives

/// Puts the parts of a service with operations together and runs them.
struct OperationServiceHost: Sendable {
    private static let log = Log("host")
    let configuration: ServiceConfiguration
    let catalogue: OperationCatalogue
    let migrations: [Migration]
    let components: @Sendable (ServiceDoors) -> [Component]
    let routes: @Sendable (ServiceDoors, inout Router) -> Void

    private var service: String { catalogue.service }

    private var resources: [String: String] { ["models": configuration.modelFolder, "presets": configuration.presetFolder] }

    /// HTTP, the store, and workers unless there are no slots.
    func serve() async throws {
        let identityKey = try Secrets.read(configuration.identityKeyFile, purpose: "identity key", minimum: 32)
        let token = PrincipalToken(key: identityKey)
        try FileManager.default.createDirectory(atPath: configuration.stateFolder, withIntermediateDirectories: true)
        let database = try await Database.open(
            configuration.stateFolder + "/\(service).sqlite", migrations: JobStore.migrations + migrations + CallFiles.migrations)
        let blobs = try openBlobs()
        let bus = try await connect()
        try await JobStreams.ensure(on: bus)
        let queue = try await JobStreams.workQueue(service: service, ackWait: .seconds(configuration.ackWaitSeconds), on: bus)

        var settings = JobServiceSettings(service: service)
        settings.resources = resources
        settings.silence = .seconds(configuration.silenceSeconds)
        settings.seal = SecretSeal(key: identityKey)
        let jobs = JobService(
            settings: settings, catalogue: catalogue, database: database, bus: bus, queue: queue, blobs: blobs,
            files: GatewayFileDirectory(bus: bus), remoteInputs: remoteInputs(bus, blobs))
        let metrics = MetricsRegistry()
        JobMetrics.add(jobs, catalogue, to: metrics)

        var router = Router()
        router.use(Observation(metrics: metrics))
        router.translateErrors { Problem($0) }
        HealthRoutes.add(
            to: &router, metrics: metrics,
            checks: [
                ReadinessCheck("nats") { bus.isConnected },
                ReadinessCheck("database") {
                    (try? await database.read { try $0.first("SELECT 1 AS one") { try $0.integer("one") } }) == 1
                },
            ])
        let authenticator = Authenticator(token: token)
        OperationRoutes(jobs: jobs, catalogue: catalogue, authenticator: authenticator).add(to: &router)
        BatchRoutes(service: service, jobs: jobs, blobs: blobs, authenticator: authenticator).add(to: &router)
        let workshop = try workshop()
        let doors = ServiceDoors(
            jobs: jobs, database: database, blobs: blobs, files: GatewayFileDirectory(bus: bus), authenticator: authenticator,
            live: try runner(blobs, workshop), resources: resources,
            libraryFolder: configuration.library, maximumFile: .bytes(Int64(configuration.maximumFileBytes)))
        // Before the first call of this process comes.
        let earlierCalls = try await doors.callFiles.all()
        routes(doors, &router)
        var http = HTTPServerConfiguration()
        http.host = configuration.httpHost
        http.port = configuration.httpPort
        let server = HTTPServer(configuration: http, router: router)

        var parts = [
            Component("database", drain: { await database.close() }),
            Component("nats", drain: { await bus.drain() }),
            Component("jobs", run: { try await jobs.run() }),
            announcement(bus, jobs),
            Component("call-files", run: { try await doors.callFiles.forget(earlier: earlierCalls) }),
        ]
        parts += components(doors)
        parts += workshop.parts
        if configuration.workerSlots > 0 { parts.append(try workerComponent(bus, queue, blobs, workshop, owner: jobs)) }
        try server.start()
        parts.append(Component("http", drain: { await server.drain() }))
        Self.log.info("the service is ready", ["service": .string(service), "port": JSONValue(server.port)])
        try await Lifecycle(parts, drainLimit: drainLimit).run()
    }

    /// Workers only: they need nothing but nats-server and the blobs.
    func work() async throws {
        let blobs = try openBlobs()
        let bus = try await connect()
        try await JobStreams.ensure(on: bus)
        let queue = try await JobStreams.workQueue(service: service, ackWait: .seconds(configuration.ackWaitSeconds), on: bus)
        let workshop = try workshop()
        Self.log.info("the worker is ready", ["service": .string(service)])
        let worker = try workerComponent(bus, queue, blobs, workshop)
        try await Lifecycle(
            [Component("nats", drain: { await bus.drain() })] + workshop.parts + [worker], drainLimit: drainLimit
        ).run()
    }

    /// Of each part: the worker's own time, and some to give back what did not end in it.
    private var drainLimit: Duration { .seconds(configuration.drainSeconds) + .seconds(10) }

    /// What all runners of the process share.
    private struct Workshop {
        let sandbox: Sandbox
        let memory: Slots
        let spares: SpareProcesses?

        var parts: [Component] {
            spares.map { spares in [Component("spares", run: { try await spares.run() }, drain: { await spares.close() })] } ?? []
        }
    }

    private func workshop() throws -> Workshop {
        let (sandbox, memory) = (try Sandbox(resources: resources), Slots(configuration.workerMemory))
        let spares =
            configuration.spareIdleSeconds > 0
            ? try SpareProcesses(
                catalogue: catalogue, sandbox: sandbox, memory: memory, scratchFolder: configuration.scratchFolder,
                idle: .seconds(configuration.spareIdleSeconds))
            : nil
        return Workshop(sandbox: sandbox, memory: memory, spares: spares)
    }

    private func runner(_ blobs: any BlobStore, _ workshop: Workshop) throws -> JobRunner {
        try JobRunner(
            catalogue: catalogue, blobs: blobs, scratchFolder: configuration.scratchFolder, sandbox: workshop.sandbox,
            slots: max(1, configuration.workerSlots), memory: workshop.memory, spares: workshop.spares,
            surroundings: surroundings)
    }

    private var surroundings: Surroundings {
        let policy = EgressPolicy.allowing(EgressPolicy.hosts(configuration.fetchHosts))
        var surroundings = Surroundings(
            libraryFolder: configuration.library, privateHosts: EgressPolicy.hosts(configuration.fetchHosts),
            fetchLimit: .bytes(Int64(configuration.fetchLimitBytes)), minimumFree: .bytes(Int64(configuration.minimumFreeBytes)))
        surroundings.dial = { peer in try policy.connect(to: peer.host, port: peer.port, timeout: .seconds(10)) }
        return surroundings
    }

    private func workerComponent(
        _ bus: MessageBus, _ queue: WorkQueue, _ blobs: any BlobStore, _ workshop: Workshop, owner: JobService? = nil
    ) throws -> Component {
        let slots = max(1, configuration.workerSlots)
        let name = "\(service)-\(ProcessInfo.processInfo.processIdentifier)"
        let runner = try runner(blobs, workshop)
        let worker = JobWorker(
            settings: WorkerSettings(service: service, name: name, slots: slots, ackWait: .seconds(configuration.ackWaitSeconds)),
            catalogue: catalogue, bus: bus, queue: queue, runner: runner, owner: owner)
        let limit = Duration.seconds(configuration.drainSeconds)
        return Component("worker", run: { try await worker.run() }, drain: { await worker.drain(limit: limit) })
    }

    private func announcement(_ bus: MessageBus, _ jobs: JobService) -> Component {
        let endpoints = catalogue.operations.map { operation in
            ServiceAnnouncement.Endpoint(
                name: operation.verb, subject: Subjects.job(operation.name), statistics: { jobs.work(of: operation.name).jobs })
        }
        let responder = bus.announce(
            ServiceAnnouncement(
                name: "avstudio-\(service)", id: Identifier.make("svc"), version: "0.1.0",
                description: "AV-Studio \(service) service",
                endpoints: endpoints))
        return Component("discovery", run: { try await responder.run() })
    }

    private func remoteInputs(_ bus: MessageBus, _ blobs: any BlobStore) -> DownloadedInputs {
        DownloadedInputs(
            service: service, limit: .bytes(Int64(configuration.fetchLimitBytes)),
            hosts: EgressPolicy.hosts(configuration.fetchHosts), blobs: blobs,
            files: GatewayFileDirectory(bus: bus))
    }

    private func openBlobs() throws -> LocalBlobStore {
        let quota = configuration.blobQuotaBytes > 0 ? ByteSize.bytes(Int64(configuration.blobQuotaBytes)) : nil
        return try LocalBlobStore(
            root: configuration.blobFolder, quota: quota, minimumFree: .bytes(Int64(configuration.minimumFreeBytes)))
    }

    private func connect() async throws -> MessageBus {
        try await MessageBus.connect(
            NATSAccess.configuration(
                name: "avstudio-\(service)", url: configuration.natsURL, user: configuration.natsUser,
                passwordFile: configuration.natsPasswordFile))
    }
}
