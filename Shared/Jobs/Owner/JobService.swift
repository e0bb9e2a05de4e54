package import Blobs
package import Contracts
import Cryptography
package import Messaging
package import Persistence
package import Primitives
import Synchronization

/// How the owner of the jobs behaves.
package struct JobServiceSettings: Sendable {
    package var service: String
    /// See `JobContext.resources`; for the checks before a job is accepted.
    package var resources: [String: String] = [:]
    /// Seals the secrets among parameters. Without a service's own key they can not be opened after a restart.
    package var seal = SecretSeal(key: SecureRandom.bytes(32))
    /// Open jobs of one owner.
    package var maximumOpenJobs = 10_000
    /// Attempts of a job whose problem may pass.
    package var retry = RetryPolicy(maximumAttempts: 4, base: .seconds(1), cap: .minutes(2))
    /// How long an open job may be silent before its order is sent again.
    package var silence = Duration.minutes(2)
    /// How long ended jobs and their cached results are kept.
    package var retention = Duration.hours(24 * 30)

    package init(service: String) {
        self.service = service
    }
}

/// A wish to run an operation.
package struct JobSubmission: Sendable {
    package var operation: String
    /// The gateway's identifiers, or URLs. More than the operation takes, and URLs, make a batch of one job each.
    package var inputs: [String]
    package var parameters: JSONValue
    package var idempotencyKey: String?

    package init(operation: String, inputs: [String], parameters: JSONValue, idempotencyKey: String? = nil) {
        (self.operation, self.inputs, self.parameters) = (operation, inputs, parameters)
        self.idempotencyKey = idempotencyKey
    }
}

/// The owner of a service's jobs: accepts them, keeps their rows, hears how they end.
///
/// The store is the truth. A job and its order are written in one transaction; the outbox carries the order to the queue; the
/// reconciler sends again what got lost. An ended job never changes again, so however often an order runs, the job ends once.
package final class JobService: Sendable {
    static let log = Log("jobs.owner")
    let settings: JobServiceSettings
    let catalogue: OperationCatalogue
    let database: Database
    let bus: MessageBus
    let queue: WorkQueue
    let blobs: any BlobStore
    let files: any FileDirectory
    let remoteInputs: (any RemoteInputs)?
    let updates: JobUpdates
    let batchWork = BatchWork()
    let outbox: OutboxPublisher
    let counts = Mutex(JobCounts())
    let work = Mutex<[String: OperationWork]>([:])

    /// - Parameters:
    ///   - queue: the service's durable consumer, to see whether orders wait.
    ///   - remoteInputs: for batches with URLs; `nil` refuses them.
    package init(
        settings: JobServiceSettings, catalogue: OperationCatalogue, database: Database, bus: MessageBus, queue: WorkQueue,
        blobs: any BlobStore, files: any FileDirectory, remoteInputs: (any RemoteInputs)? = nil
    ) {
        (self.settings, self.catalogue, self.database, self.bus) = (settings, catalogue, database, bus)
        (self.queue, self.blobs, self.files, self.remoteInputs) = (queue, blobs, files, remoteInputs)
        updates = JobUpdates(catalogue: catalogue)
        outbox = OutboxPublisher(database: database, bus: bus)
    }

    /// Serves workers, publishes orders and events and watches for lost ones, until the task is cancelled.
    package func run() async throws {
        let service = settings.service
        let begin = bus.serve(Subjects.rpc(service: service, "job-begin"), queue: service, concurrency: 256) { message in
            try JSON.encode(try await self.begin(JSON.decode(JobBegin.self, from: message.payload)))
        }
        let finish = bus.serve(Subjects.rpc(service: service, "job-finish"), queue: service, concurrency: 256) { message in
            try JSON.encode(try await self.finish(JSON.decode(JobOutcome.self, from: message.payload)))
        }
        let progress = try await bus.subscribe(Subjects.progress(service: service), queue: nil, capacity: 4096)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await begin.run() }
            group.addTask { try await finish.run() }
            group.addTask { try await self.listen(to: progress) }
            group.addTask { await self.outbox.run() }
            group.addTask { try await self.reconcile() }
            group.addTask { try await self.runBatches() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// A job that the principal may see.
    /// - Throws: `JobError.notFound`, also for another owner's.
    package func job(_ id: String, for principal: Principal) async throws -> JobDocument {
        guard let job = try await database.read({ try JobStore.find(id, on: $0) }), principal.maySee(job) else {
            throw JobError.notFound(id)
        }
        return updates.enrich(job)
    }

    /// One page of jobs, newest first.
    /// - Parameters:
    ///   - cursor: the last identifier of the page before.
    ///   - limit: 1 to 500.
    package func jobs(
        for principal: Principal, batch: String? = nil, state: JobState? = nil, before cursor: String? = nil, limit: Int = 50
    ) async throws -> [JobDocument] {
        let owner = principal.isAdministrator ? nil : principal.owner
        let page = try await database.read { connection in
            try JobStore.page(
                owner: owner, batch: batch, state: state, before: cursor, limit: min(max(limit, 1), 500), on: connection)
        }
        return page.map(updates.enrich)
    }

    /// Waits for a job to end.
    /// - Returns: the job as it is when it has ended or the limit has passed.
    package func wait(for id: String, principal: Principal, limit: Duration) async throws -> JobDocument {
        let (channel, watcher) = updates.watch(id)
        defer { updates.endWatch(id, watcher) }
        let first = try await job(id, for: principal)
        if first.state.isFinal { return first }
        do {
            return try await withDeadline(limit) {
                for try await document in channel where document.state.isFinal { return document }
                return try await self.job(id, for: principal)
            }
        } catch is DeadlineExceeded {
            return try await job(id, for: principal)
        }
    }

    /// Gives every change of a job to `body`, beginning with what it is now, until it has ended. On the way the job is told
    /// without its parameters.
    /// - Parameter body: gets the job, and what was found of its result since the last call.
    package func follow(
        _ id: String, principal: Principal, _ body: (JobDocument, [JobPartial]) async throws -> Void
    ) async throws {
        let (channel, watcher) = updates.watch(id)
        defer { updates.endWatch(id, watcher) }
        let first = try await job(id, for: principal)
        var (next, attempts) = (0, first.attempts)
        func tell(_ document: JobDocument) async throws {
            if document.attempts != attempts { (next, attempts) = (0, document.attempts) }
            let partials = updates.partials(of: id, from: next)
            next = partials.last.map { $0.index + 1 } ?? next
            try await body(document, partials)
        }
        var last = first
        try await tell(first)
        if first.state.isFinal { return }
        for try await document in channel {
            try await tell(document)
            last = document
        }
        // One that was slow may have missed the end.
        if !last.state.isFinal { try await tell(try await job(id, for: principal)) }
    }

    /// For example `audio`.
    package var serviceName: String { settings.service }
    /// What has happened since the start, for metrics.
    package var statistics: JobCounts { counts.withLock { $0 } }

    /// - Parameter operation: its full name, for example `audio.transcribe`.
    package func work(of operation: String) -> OperationWork { work.withLock { $0[operation] ?? OperationWork() } }

    private func listen(to progress: Subscription) async throws {
        for try await message in progress {
            guard let event = try? JSON.decode(CloudEvent<JobProgress>.self, from: message.payload) else { continue }
            guard updates.note(event.data) else { continue }
            if let job = try await database.read({ try JobStore.findBrief(event.data.id, on: $0) }) {
                updates.publish(updates.enrich(job))
            }
        }
    }
}

/// Counts since the start.
package struct JobCounts: Sendable {
    package var accepted = 0
    package var cached = 0
    package var succeeded = 0
    package var failed = 0
    package var cancelled = 0
    package var retried = 0
    package var republished = 0
}

extension Principal {
    func maySee(_ job: JobDocument) -> Bool { isAdministrator || job.owner == owner }
}
