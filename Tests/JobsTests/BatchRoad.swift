import Blobs
import Contracts
import FoundationEssentials
import Jobs
import Messaging
import Persistence
import Primitives
import Synchronization
import TestSupport

/// What batches are tested with: two operations, files by name, and the services' parts around them.
extension BatchTests {
    struct Parameters: Sendable {
        var word = "a"
        var failures = 0
    }

    /// Writes its input and a word to its output; fails as often as it is told for each input.
    enum Append: Operation {
        static let runs = Mutex<[String: Int]>([:])
        static let name = "test.append"
        static let summary = "Appends a word."
        static let inputs = InputRule(.any)
        static let schema = Schema(Parameters()) {
            Field.text("word", \.word, maximumLength: 20, "The word.")
            Field.integer("failures", \.failures, in: 0...9, "How often it fails.")
        }
        static let output = OutputDescription(files: "The text.")
        static let isolation = Isolation.inProcess
        static let isCacheable = false

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            let text = String(decoding: try Data(contentsOf: URL(filePath: context.inputs[0].path)), as: UTF8.self)
            let result = text + parameters.word
            let runs = runs.withLock { runs in
                runs[result, default: 0] += 1
                return runs[result] ?? 0
            }
            if runs <= parameters.failures { throw JobProblem(code: "moody", message: "not now") }
            try Data(result.utf8).write(to: URL(filePath: context.outputFolder + "/out.txt"))
            return JobOutput(
                files: [JobOutput.File(name: "out.txt", mediaType: "text/plain")], measurements: ["text": .string(result)])
        }
    }

    /// Measures only.
    enum Count: Operation {
        struct None: Sendable {}
        static let name = "test.count"
        static let summary = "Counts."
        static let inputs = InputRule(.any)
        static let schema = Schema(None()) {}
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess

        static func run(_ parameters: None, in context: JobContext) async throws -> JobOutput {
            JobOutput(measurements: ["bytes": JSONValue(try Data(contentsOf: URL(filePath: context.inputs[0].path)).count)])
        }
    }

    /// Keeps files as the gateway does.
    final class Files: FileDirectory, RemoteInputs {
        let known = Mutex<[String: JobFile]>([:])
        let fetched = Mutex<[String]>([])

        func resolve(_ file: String, for principal: Principal) async throws(JobProblem) -> JobFile {
            guard let found = known.withLock({ $0[file] }) else {
                throw JobProblem(code: "file-not-found", message: "there is no file \(file)")
            }
            return found
        }

        func register(_ file: JobFile, owner: String, key: String, origin: String) async throws(JobProblem) -> String {
            var file = file
            file.file = "file_" + key
            known.withLock { $0["file_" + key] = file }
            return "file_" + key
        }

        func fetch(_ url: String, owner: String, key: String) async throws(JobProblem) -> JobFile {
            fetched.withLock { $0.append(url) }
            guard let file = known.withLock({ $0[String(url.split(separator: "/").last ?? "")] }) else {
                throw JobProblem(code: "url-answered-404", message: "the URL answered 404")
            }
            return file
        }
    }

    static let catalogue = OperationCatalogue(service: "test", [AnyOperation(Append.self), AnyOperation(Count.self)])
    static let principal = Principal(
        subject: "key", owner: "ann", tier: "standard", scopes: [], expires: .now().advanced(by: .hours(1)))

    /// A store with a few files, and what is needed for an owner and a worker.
    struct Road: Sendable {
        let folder: TemporaryFolder
        let nats: NATSServer
        let files = Files()
        let blobs: LocalBlobStore

        init() async throws {
            folder = try TemporaryFolder("batches")
            nats = try await NATSServer.start()
            blobs = try LocalBlobStore(root: folder.appending("blobs"), quota: nil, minimumFree: .bytes(0))
            for number in 0..<6 {
                let writer = try await blobs.writer()
                try await writer.append(Bytes("\(number)".utf8))
                let blob = try await writer.commit(owner: BlobOwner(service: "gateway", id: "file\(number)"))
                let file = JobFile(
                    file: "file\(number)", digest: blob.digest, size: 1, name: "\(number).txt", mediaType: "text/plain")
                files.known.withLock { $0["file\(number)"] = file }
            }
        }

        /// One life of the service; `body`'s end is the service's.
        func serve<T: Sendable>(hasWorker: Bool = true, _ body: @escaping @Sendable (JobService) async throws -> T) async throws
            -> T
        {
            var messaging = MessagingConfiguration(name: "test")
            messaging.servers = [nats.url]
            let bus = try await MessageBus.connect(messaging)
            var limits = JobStreams.Limits()
            (limits.jobs, limits.dead, limits.events) = (.mib(16), .mib(16), .mib(16))
            try await JobStreams.ensure(on: bus, limits: limits)
            let queue = try await JobStreams.workQueue(service: "test", ackWait: .seconds(2), on: bus)
            let database = try await Database.open(folder.appending("test.sqlite"), migrations: JobStore.migrations)
            let jobs = JobService(
                settings: JobServiceSettings(service: "test"), catalogue: catalogue, database: database, bus: bus, queue: queue,
                blobs: blobs, files: files, remoteInputs: files)
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
    }
}
