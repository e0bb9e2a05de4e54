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
    let tools: [String]
    let migrations: [Migration]
    let components: @Sendable (ServiceDoors) -> [Component]
    let routes: @Sendable (ServiceDoors, inout Router) -> Void

    private var service: String { catalogue.service }

    private var resources: [String: String] {
        var resources = ["models": configuration.modelFolder, "presets": configuration.presetFolder]
        for tool in tools { resources[tool] = configuration.toolFolder + "/" + tool }
        return resources
    }

    /// HTTP, the store, and workers unless there are no slots.
    func serve() async throws {
        let frame = try await ServiceFrame(
            service, configuration.basics, migrations: JobStore.migrations + migrations + CallFiles.migrations)
        let (database, bus, authenticator) = (frame.database, frame.bus, frame.authenticator)
        let blobs = try openBlobs()
        try await JobStreams.ensure(on: bus)
        let queue = try await JobStreams.workQueue(service: service, ackWait: .seconds(configuration.ackWaitSeconds), on: bus)

        var settings = JobServiceSettings(service: service)
        settings.resources = resources
        settings.silence = .seconds(configuration.silenceSeconds)
        settings.seal = SecretSeal(key: frame.identityKey)
        let jobs = JobService(
            settings: settings, catalogue: catalogue, database: database, bus: bus, queue: queue, blobs: blobs,
            files: GatewayFileDirectory(bus: bus), remoteInputs: remoteInputs(bus, blobs))
        JobMetrics.add(jobs, catalogue, to: frame.metrics)

        let workshop = try workshop()
        var router = frame.router(workshop.checks)
        router.translateErrors { Problem($0) }
        OperationRoutes(jobs: jobs, catalogue: catalogue, authenticator: authenticator).add(to: &router)
        BatchRoutes(service: service, jobs: jobs, blobs: blobs, authenticator: authenticator).add(to: &router)
        let doors = ServiceDoors(
            jobs: jobs, database: database, blobs: blobs, files: GatewayFileDirectory(bus: bus), authenticator: authenticator,
            liveRunner: try runner(blobs, workshop), resources: resources,
            libraryFolder: configuration.library, maximumFile: .bytes(Int64(configuration.maximumFileBytes)))
        // Before the first call of this process comes.
        let earlierCalls = try await doors.callFiles.all()
        routes(doors, &router)

        var parts = [
            Component("jobs", run: { try await jobs.run() }),
            Component(
                "messages", run: { try await OperationMessages(jobs: jobs, token: frame.token, bus: bus).run() }),
            Component("call-files", run: { try await doors.callFiles.forget(earlier: earlierCalls) }),
        ]
        parts += components(doors)
        parts += workshop.parts
        if configuration.workerSlots > 0 { parts.append(try workerComponent(bus, queue, blobs, workshop, owner: jobs)) }
        let endpoints = catalogue.operations.map { operation in
            ServiceAnnouncement.Endpoint(
                name: operation.verb, subject: Subjects.job(operation.name), statistics: { jobs.work(of: operation.name).jobs })
        }
        try await frame.run(router, parts, endpoints: endpoints, drainLimit: drainLimit)
    }

    /// Workers only: they need nothing but nats-server and the blobs.
    func work() async throws {
        let blobs = try openBlobs()
        let bus = try await ServiceFrame.connect(service, configuration.basics)
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

        /// Models take a second to load: who is told that the service is ready shall not wait for them.
        var checks: [ReadinessCheck] {
            spares.map { spares in [ReadinessCheck("models") { spares.areFirstPrepared }] } ?? []
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
            fetchLimit: .bytes(Int64(configuration.fetchLimitBytes)), minimumFree: .bytes(Int64(configuration.minimumFreeBytes)),
            gatewayURL: configuration.gatewayURL)
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
}
