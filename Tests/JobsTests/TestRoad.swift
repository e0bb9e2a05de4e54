import Blobs
import Contracts
import Jobs
import Messaging
import Persistence
import Primitives
import Synchronization
import TestSupport

/// An owner of jobs and a worker around a real nats-server, SQLite and blob store; operations run inside the worker.
struct TestRoad: Sendable {
    let catalogue: OperationCatalogue
    var settings = JobServiceSettings(service: "test")
    let folder: TemporaryFolder
    let nats: NATSServer
    let blobs: LocalBlobStore
    let files = TestFiles()

    /// - Parameter server: settings of nats-server.
    init(_ operations: [AnyOperation], server: String = "") async throws {
        catalogue = OperationCatalogue(service: "test", operations)
        folder = try TemporaryFolder("jobs")
        nats = try await NATSServer.start(server)
        blobs = try LocalBlobStore(root: folder.appending("blobs"), quota: nil, minimumFree: .bytes(0))
    }

    /// One life of the service; `body`'s end is the service's.
    func serve<T: Sendable>(
        hasWorker: Bool = true, _ body: @escaping @Sendable (JobService) async throws -> T
    ) async throws -> T {
        var messaging = MessagingConfiguration(name: "test")
        messaging.servers = [nats.url]
        let bus = try await MessageBus.connect(messaging)
        var limits = JobStreams.Limits()
        (limits.jobs, limits.dead, limits.events) = (.mib(16), .mib(16), .mib(16))
        try await JobStreams.ensure(on: bus, limits: limits)
        let queue = try await JobStreams.workQueue(service: "test", ackWait: .seconds(2), on: bus)
        let database = try await open()
        let jobs = JobService(
            settings: settings, catalogue: catalogue, database: database, bus: bus, queue: queue, blobs: blobs, files: files,
            remoteInputs: files)
        let runner = try JobRunner(
            catalogue: catalogue, blobs: blobs, scratchFolder: folder.appending("scratch"), sandbox: try Sandbox(), slots: 2,
            memory: Slots(1 << 40))
        let worker = JobWorker(
            settings: WorkerSettings(service: "test", name: "worker", slots: 2, ackWait: .seconds(2)), catalogue: catalogue,
            bus: bus, queue: queue, runner: runner)
        let result = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await jobs.run() }
            if hasWorker { group.addTask { try await worker.run() } }
            let result = try await withDeadline(.seconds(60)) { try await body(jobs) }
            group.cancelAll()
            return result
        }
        await database.close()
        await bus.drain()
        return result
    }

    /// The service's database, while the service does not have it.
    func open() async throws -> Database {
        try await Database.open(folder.appending("test.sqlite"), migrations: JobStore.migrations)
    }
}

extension Principal {
    static func test(_ owner: String, _ scopes: Set<Scope> = []) -> Principal {
        Principal(subject: "key", owner: owner, tier: "standard", scopes: scopes, expires: .now().advanced(by: .hours(1)))
    }
}

/// Keeps files as the gateway does.
final class TestFiles: FileDirectory, RemoteInputs {
    let known = Mutex<[String: JobFile]>([:])
    let fetched = Mutex<[String]>([])
    /// Why no file is registered.
    let refusal = Mutex<JobProblem?>(nil)
    /// Called before a file is registered.
    let beforeRegister = Mutex<(@Sendable () async -> Void)?>(nil)

    /// Stores a file of one character.
    func add(_ text: String, as id: String, to blobs: any BlobStore) async throws {
        let writer = try await blobs.writer()
        try await writer.append(Bytes(text.utf8))
        let blob = try await writer.commit(owner: BlobOwner(service: "gateway", id: id))
        let file = JobFile(file: id, digest: blob.digest, size: blob.size, name: text + ".txt", mediaType: "text/plain")
        known.withLock { $0[id] = file }
    }

    func resolve(_ file: String, for principal: Principal) async throws(JobProblem) -> JobFile {
        guard let found = known.withLock({ $0[file] }) else {
            throw JobProblem(code: "file-not-found", message: "there is no file \(file)")
        }
        return found
    }

    func register(_ file: JobFile, owner: String, key: String, origin: String) async throws(JobProblem) -> String {
        await beforeRegister.withLock { $0 }?()
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        var file = file
        file.file = "file_" + key
        known.withLock { $0["file_" + key] = file }
        return "file_" + key
    }

    func unregister(key: String, owner: String) async throws(JobProblem) {
        known.withLock { $0["file_" + key] = nil }
    }

    /// `https://example.org/<file>`; a name that begins with `never` does not answer, one with `busy` only from the second time.
    func fetch(_ url: String, owner: String, key: String) async throws(JobProblem) -> JobFile {
        let name = String(url.split(separator: "/").last ?? "")
        let isAsked = fetched.withLock { fetched in
            defer { fetched.append(url) }
            return fetched.contains(url)
        }
        if name.hasPrefix("busy"), !isAsked {
            throw JobProblem(code: "url-answered-503", message: "the URL answered 503", isRetriable: true)
        }
        if name.hasPrefix("never") { try? await Task.sleep(for: .seconds(600)) }
        guard let file = known.withLock({ $0[name] }) else {
            throw JobProblem(code: "url-answered-404", message: "the URL answered 404")
        }
        return file
    }
}
