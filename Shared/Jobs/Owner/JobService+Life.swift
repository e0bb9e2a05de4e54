package import Contracts
import Messaging
import Persistence
import Primitives
import Synchronization

extension JobService: JobOwner {
    package func begin(_ begin: JobBegin) async throws -> JobBeginReply {
        let (attempt, job) = try await database.write { connection in
            let attempt = try JobStore.begin(begin.id, worker: begin.worker, on: connection)
            return (attempt, attempt == nil ? nil : try JobStore.findBrief(begin.id, on: connection))
        }
        guard let attempt, let job else { return JobBeginReply() }
        updates.restart(begin.id, attempt: attempt)
        updates.publish(job)
        do {
            return JobBeginReply(attempt: attempt, secrets: try await secrets(of: job))
        } catch let problem as JobProblem {
            try await end(job.id, .failed, problem: problem, attempt: attempt)
            return JobBeginReply()
        }
    }

    /// The secrets among a job's parameters; `nil` when its operation takes none.
    private func secrets(of job: JobDocument) async throws -> [String: JSONValue]? {
        guard let operation = catalogue[job.operation], operation.fields.contains(where: \.isSecret) else { return nil }
        let parameters = try await database.read { try JobStore.find(job.id, on: $0)?.parameters }
        return try settings.seal.secrets(of: parameters ?? [:], operation)
    }

    package func finish(_ outcome: JobOutcome) async throws -> JobFinishReply {
        // Whoever follows the job shall have been told all of it when they are told of its end.
        try await updates.waitForPartials(of: outcome.id, attempt: outcome.attempt, count: outcome.partials)
        if let problem = outcome.problem { return try await fail(outcome, problem) }
        let result = outcome.result ?? JobResult()
        if result.files.isEmpty {
            // There is nothing to register, and the row itself keeps an ended job from ending again.
            try await end(outcome.id, .succeeded, result: result)
            return JobFinishReply()
        }
        guard let job = try await database.read({ try JobStore.findBrief(outcome.id, on: $0) }), !job.state.isFinal else {
            try await discard(outcome)
            return JobFinishReply()
        }
        let registered: JobResult
        do {
            registered = try await register(result, of: job)
        } catch let problem as JobProblem where !problem.isRetriable {
            // Its owner may have no room for it; doing the work again would not help.
            await unregister(result, of: job)
            await release(result.files.map(\.digest), of: job.id)
            return try await fail(outcome, problem)
        }
        // A cancellation may have come meanwhile.
        if try await end(job.id, .succeeded, result: registered) == nil { try await discard(outcome) }
        return JobFinishReply()
    }

    /// An attempt has failed: the job is tried again while that may help. What an attempt tells after the job has passed to another
    /// changes nothing.
    private func fail(_ outcome: JobOutcome, _ problem: JobProblem) async throws -> JobFinishReply {
        let attempt = outcome.attempt
        guard let tries = try await database.read({ try JobStore.tries(outcome.id, attempt: attempt, on: $0) }) else {
            return JobFinishReply()
        }
        guard problem.isRetriable && tries < settings.retry.maximumAttempts else {
            try await end(outcome.id, .failed, problem: problem, attempt: attempt)
            return JobFinishReply()
        }
        let requeued = try await database.write { try JobStore.requeue(outcome.id, after: problem, attempt: attempt, on: $0) }
        guard let requeued else { return JobFinishReply() }
        counts.withLock { $0.retried += 1 }
        updates.publish(requeued)
        return JobFinishReply(retryAfterSeconds: settings.retry.delay(beforeAttempt: tries + 1).seconds)
    }

    /// Ends a job, once; tells the world through the outbox in the same transaction.
    /// - Parameter attempt: ends it only while this is its attempt.
    /// - Returns: `nil` when it was not for this call to end it.
    @discardableResult
    func end(
        _ id: String, _ state: JobState, result: JobResult? = nil, problem: JobProblem? = nil, attempt: Int? = nil
    ) async throws -> JobDocument? {
        let ended = try await database.write { connection -> JobDocument? in
            let ended = try JobStore.end(id, state, result: result, problem: problem, attempt: attempt, on: connection)
            guard let job = ended else { return nil }
            try self.appendEvent("finished", job, to: connection)
            if state == .failed { try self.appendDeadLetter(job, to: connection) }
            return job
        }
        guard let ended else { return nil }
        counts.withLock { counts in
            switch state {
            case .succeeded: counts.succeeded += 1
            case .failed: counts.failed += 1
            case .cancelled: counts.cancelled += 1
            case .queued, .running: break
            }
        }
        work.withLock { $0[ended.operation, default: OperationWork()].add(ended) }
        updates.publish(ended)
        if ended.batch != nil { batchWork.wake() }
        return ended
    }

    /// Counts what was done beside the queue and tells the analytics of it. It is no job: nobody can ask for it, and there is no
    /// event of its end for those who wait for jobs.
    /// - Parameter job: has ended.
    package func note(_ job: JobDocument) async {
        work.withLock { $0[job.operation, default: OperationWork()].add(job) }
        // A client that leaves takes its task with it.
        let telling = Task { try await database.write { try self.appendEvent("accepted", job, to: $0) } }
        do { try await telling.value } catch {
            Self.log.warning(
                "the analytics could not be told", ["operation": .string(job.operation), "error": .string("\(error)")])
        }
    }

    /// What an attempt made for a job that has ended meanwhile is let go, unless it is the job's own result.
    private func discard(_ outcome: JobOutcome) async throws {
        guard let result = outcome.result else { return }
        let job = try await database.read { try JobStore.find(outcome.id, on: $0) }
        if let job, job.state != .succeeded { await unregister(result, of: job) }
        let kept = job?.result?.files.map(\.digest) ?? []
        await release(result.files.map(\.digest).filter { !kept.contains($0) }, of: outcome.id)
    }

    /// Cancels a job; one that has ended stays as it is.
    /// - Throws: `JobError.notFound`.
    package func cancel(_ id: String, for principal: Principal) async throws -> JobDocument {
        let job = try await job(id, for: principal)
        guard !job.state.isFinal else { return job }
        let problem = JobProblem(code: "cancelled", message: "the job was cancelled")
        guard let ended = try await end(id, .cancelled, problem: problem) else { return try await self.job(id, for: principal) }
        try tellWorkers(JobCancel(id: id))
        return updates.redacted(ended)
    }

    /// Runs a failed or cancelled job again.
    /// - Throws: `JobError.notFound`, `.notRepeatable`.
    package func retry(_ id: String, for principal: Principal) async throws -> JobDocument {
        let job = try await job(id, for: principal)
        return try await database.write { connection in
            guard let job = try JobStore.reopen(id, on: connection) else { throw JobError.notRepeatable(job.state) }
            try BatchStore.reopen(job: id, on: connection)
            try self.appendOrder(job, to: connection)
            try self.appendEvent("accepted", job, to: connection)
            return self.updates.redacted(job)
        }
    }

    private func tellWorkers(_ cancel: JobCancel) throws {
        let event = CloudEvent(type: "avstudio.job.cancel", source: "/\(settings.service)", subject: cancel.id, data: cancel)
        do {
            try bus.publish(Subjects.cancel(service: settings.service), JSON.encode(event))
        } catch let error as any CodedError {
            // The row says cancelled: whatever a worker still makes of the job is let go when it reports.
            Self.log.warning(
                "workers could not be told of a cancellation", ["job": .string(cancel.id), "error": .string("\(error)")])
        }
    }
}
