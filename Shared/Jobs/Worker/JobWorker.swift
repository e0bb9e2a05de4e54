import Contracts
package import Messaging
import Primitives
import Synchronization

/// How a worker takes and holds orders.
package struct WorkerSettings: Sendable {
    /// Whose orders it takes: `audio`.
    package var service: String
    /// Shown in jobs and logs.
    package var name: String
    /// Sandboxed jobs at once; the number of cores is right for work that keeps a core busy.
    package var slots: Int
    /// In-process jobs at once.
    package var inProcessSlots: Int
    /// How long an order stays with a worker that shows no sign of life.
    package var ackWait: Duration
    /// Deliveries of one order before it is given up as a poison job.
    package var maximumDeliveries: Int

    package init(
        service: String, name: String, slots: Int, inProcessSlots: Int = 64, ackWait: Duration = .seconds(30),
        maximumDeliveries: Int = 5
    ) {
        (self.service, self.name, self.slots, self.inProcessSlots) = (service, name, slots, inProcessSlots)
        (self.ackWait, self.maximumDeliveries) = (ackWait, maximumDeliveries)
    }
}

/// Takes orders from the work queue, runs them, and tells the owner of the jobs how they ended.
///
/// An order is acknowledged only after the owner has recorded the outcome, so a worker that dies loses nothing: the queue
/// gives the order to another.
package final class JobWorker: Sendable {
    private static let log = Log("jobs.worker")
    private let settings: WorkerSettings
    private let catalogue: OperationCatalogue
    private let bus: MessageBus
    private let queue: WorkQueue
    private let runner: JobRunner
    private let owner: any JobOwner
    private let running = Mutex<[String: RunningJob]>([:])
    /// Orders from when they were fetched until their outcome was told.
    private let inHand = Mutex(0)
    private let draining = Mutex(false)

    /// - Parameters:
    ///   - queue: the service's durable consumer, see `JobStreams.workQueue`.
    ///   - owner: of the jobs; `nil` when it lives in another process.
    package init(
        settings: WorkerSettings, catalogue: OperationCatalogue, bus: MessageBus, queue: WorkQueue, runner: JobRunner,
        owner: (any JobOwner)? = nil
    ) {
        (self.settings, self.catalogue, self.bus, self.queue, self.runner) = (settings, catalogue, bus, queue, runner)
        self.owner = owner ?? RemoteJobOwner(bus: bus, service: settings.service)
    }

    /// Works until `drain()` was called and what runs has ended, or until the task is cancelled.
    package func run() async throws {
        let cancellations = try await bus.subscribe(Subjects.cancel(service: settings.service), queue: nil, capacity: 1024)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.listen(to: cancellations) }
            await withTaskGroup(of: Void.self) { slots in
                let inProcess = Slots(settings.inProcessSlots)
                for _ in 0..<max(1, settings.slots) {
                    slots.addTask { await self.work(inProcess) }
                }
            }
            group.cancelAll()
        }
    }

    /// Takes no more orders and waits for what runs; after the limit the rest goes back to the queue when the task is cancelled.
    package func drain(limit: Duration) async {
        draining.withLock { $0 = true }
        let end = ContinuousClock.now + limit
        while activeCount > 0 && ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The orders that are in hand now.
    package var activeCount: Int { inHand.withLock { $0 } }

    private var isOpen: Bool { !draining.withLock { $0 } && !Task.isCancelled }

    /// One slot: a sandboxed order holds it until it has ended, an in-process order goes on beside it.
    private func work(_ inProcess: Slots) async {
        var failures = 1
        await withDiscardingTaskGroup { group in
            while isOpen {
                do {
                    let items = try await queue.fetch(maximum: 1, wait: .seconds(2))
                    failures = 1
                    for item in items {
                        guard let order = await decode(item) else { continue }
                        guard catalogue[order.operation]?.isolation == .inProcess else {
                            inHand.withLock { $0 += 1 }
                            await handle(order, item)
                            continue
                        }
                        try await inProcess.acquire()
                        inHand.withLock { $0 += 1 }
                        group.addTask {
                            await self.handle(order, item)
                            inProcess.release()
                        }
                    }
                } catch {
                    guard isOpen else { return }
                    failures += 1
                    Self.log.warning("no order could be fetched", ["error": .string("\(error)")])
                    let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(200), cap: .seconds(5))
                    try? await Task.sleep(for: policy.delay(beforeAttempt: failures))
                }
            }
        }
    }

    private func decode(_ item: WorkItem) async -> JobOrder? {
        do {
            return try JSON.decode(CloudEvent<JobOrder>.self, from: item.message.payload).data
        } catch {
            Self.log.error("an order that can not be read was dropped", ["error": .string("\(error)")])
            try? item.terminate()
            return nil
        }
    }

    private func handle(_ order: JobOrder, _ item: WorkItem) async {
        defer { inHand.withLock { $0 -= 1 } }
        let trace = item.message.headers["traceparent"].flatMap(TraceContext.init(traceparent:))?.child()
        await TraceContext.$current.withValue(trace) {
            do {
                try await attempt(order, item)
            } catch {
                // The owner could not be told or the worker is ending: the queue gives the order out again.
                Self.log.warning("an order goes back to the queue", ["job": .string(order.id), "error": .string("\(error)")])
                try? item.retry(after: .seconds(1))
            }
        }
    }

    private func attempt(_ order: JobOrder, _ item: WorkItem) async throws {
        let begin = JobBegin(id: order.id, worker: settings.name)
        let answer = try await Self.persistently { try await self.owner.begin(begin) }
        guard let attempt = answer.attempt else {
            try await item.acknowledge()
            return
        }
        let outcome: JobOutcome
        if item.deliveries > settings.maximumDeliveries {
            let problem = JobProblem(
                code: "given-up", message: "\(item.deliveries - 1) workers stopped while they ran this job; it is set aside")
            outcome = JobOutcome(id: order.id, worker: settings.name, attempt: attempt, problem: problem)
        } else {
            outcome = try await perform(order, attempt, secrets: answer.secrets ?? [:], item)
        }
        // A cancellation that comes now must not keep the outcome from being recorded.
        let reply = try await RunningJob(item: item).whileAlive(every: settings.ackWait / 3) {
            try await Self.persistently { try await self.owner.finish(outcome) }
        }
        if let delay = reply.retryAfterSeconds {
            try item.retry(after: .seconds(delay))
        } else {
            try await item.acknowledge()
        }
    }

    private static let policy = RetryPolicy(maximumAttempts: 8, base: .milliseconds(250), cap: .seconds(5))

    /// Calls the owner, again while that may help.
    private static func persistently<Reply>(_ call: () async throws -> Reply) async throws -> Reply {
        var attempt = 1
        while true {
            do {
                return try await call()
            } catch let error as any CodedError where error.isRetriable && attempt < policy.maximumAttempts {
                attempt += 1
                try await Task.sleep(for: policy.delay(beforeAttempt: attempt))
            }
        }
    }

    /// Runs the order and turns however it ended into an outcome. Only the worker's own end is thrown.
    private func perform(
        _ order: JobOrder, _ attempt: Int, secrets: [String: JSONValue], _ item: WorkItem
    ) async throws -> JobOutcome {
        let latest = LatestProgress(JobProgress(id: order.id, attempt: attempt, fraction: 0))
        let job = RunningJob(item: item) { self.tell(latest.value) }
        var outcome = JobOutcome(id: order.id, worker: settings.name, attempt: attempt)
        running.withLock { $0[order.id] = job }
        defer { running.withLock { _ = $0.removeValue(forKey: order.id) } }
        do {
            outcome.result = try await job.whileAlive(every: settings.ackWait / 3) {
                try await self.runner.run(order, secrets: secrets) { report in self.tell(latest.take(report)) }
            }
        } catch is CancellationError {
            guard job.isCancelled else { throw CancellationError() }
            outcome.problem = JobProblem(code: "cancelled", message: "the job was cancelled")
        } catch let error as any CodedError {
            outcome.problem = JobProblem(error)
        } catch {
            Self.log.error("an operation failed with an unnamed error", ["job": .string(order.id), "error": .string("\(error)")])
            outcome.problem = JobProblem(code: "internal-error", message: "the operation failed inside; the log says more")
        }
        outcome.partials = latest.partials
        return Self.fitted(outcome)
    }

    /// An outcome that fits into a message: results name their files, they do not contain them.
    private static func fitted(_ outcome: JobOutcome) -> JobOutcome {
        guard let size = try? JSON.encode(outcome).count, size > maximumOutcome else { return outcome }
        var outcome = outcome
        outcome.result = nil
        outcome.problem = JobProblem(
            code: "result-too-large", message: "the measurements have \(size) bytes; at most \(maximumOutcome) are kept")
        return outcome
    }

    /// Bytes of JSON, well below nats-server's `max_payload`, as events tell the result too.
    private static let maximumOutcome = 96 << 10

    private func tell(_ progress: JobProgress) {
        let event = CloudEvent(type: "avstudio.job.progress", source: "/\(settings.service)", subject: progress.id, data: progress)
        // Progress that is lost while the connection is away is replaced by the next.
        guard let payload = try? JSON.encode(event) else { return }
        try? bus.publish(Subjects.progress(service: settings.service), payload)
    }

    private func listen(to cancellations: Subscription) async {
        do {
            for try await message in cancellations {
                guard let event = try? JSON.decode(CloudEvent<JobCancel>.self, from: message.payload) else { continue }
                running.withLock { $0[event.data.id] }?.cancel()
            }
        } catch {
            if isOpen { Self.log.error("cancellations are no longer heard", ["error": .string("\(error)")]) }
        }
    }
}

/// The last progress of a running job, told again at every sign of life.
private final class LatestProgress: Sendable {
    private let stored: Mutex<(progress: JobProgress, partials: Int)>

    init(_ value: JobProgress) {
        stored = Mutex((value, 0))
    }

    var value: JobProgress { stored.withLock { $0.progress } }
    var partials: Int { stored.withLock { $0.partials } }

    /// - Returns: what to tell of it.
    func take(_ report: JobReport) -> JobProgress {
        stored.withLock { stored in
            (stored.progress.fraction, stored.progress.stage) = (report.fraction, report.stage)
            // A sign of life does not tell it again.
            var told = stored.progress
            told.partial = report.partial.map { JobPartial(index: stored.partials, content: $0) }
            if told.partial != nil { stored.partials += 1 }
            return told
        }
    }
}
