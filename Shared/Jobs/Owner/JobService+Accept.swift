import Blobs
package import Contracts
import Cryptography
import Messaging
import Persistence
import Primitives
import Synchronization

/// What a submission became.
package enum Accepted: Sendable {
    case job(JobDocument)
    /// Its identifier.
    case batch(String)
}

extension JobService {
    /// Accepts a submission: when this returns, the jobs are on disk and will end, whatever crashes.
    /// - Throws: `JobError`; a retriable `DatabaseError` when the disk is full.
    package func submit(_ submission: JobSubmission, by principal: Principal) async throws -> Accepted {
        guard let operation = catalogue[submission.operation] else { throw JobError.unknownOperation(submission.operation) }
        let sources = submission.inputs.map(BatchInput.Source.init)
        let hasURL = sources.contains { if case .url = $0 { true } else { false } }
        guard !hasURL || operation.inputs.count == 1...1 else {
            throw JobError.batch(field: "inputs", "\(operation.name) takes files only; put what the URL names into /files first")
        }
        if operation.inputs.count == 1...1 && (sources.count > 1 || hasURL) {
            let batch = BatchSubmission(
                inputs: sources.map { BatchInput($0) },
                steps: [BatchStep(operation: submission.operation, parameters: submission.parameters)],
                idempotencyKey: submission.idempotencyKey)
            return .batch(try await submit(batch, by: principal))
        }
        let parameters: JSONValue
        do {
            parameters = try operation.canonicalParameters(submission.parameters)
        } catch {
            throw JobError.invalidParameters(error)
        }
        do { try operation.check(parameters, resources: settings.resources) } catch { throw JobError.refused(error) }
        guard operation.inputs.count.contains(submission.inputs.count) else {
            throw JobError.inputCount(operation: operation.name, expected: operation.inputs.count, given: submission.inputs.count)
        }
        let sealed = settings.seal.sealed(parameters, of: operation)
        let fingerprint = Self.fingerprint(operation.name, submission.inputs, sealed)
        if let key = submission.idempotencyKey, let earlier = try await earlier(key, fingerprint, principal) { return earlier }

        var inputs: [JobFile] = []
        for file in submission.inputs {
            do {
                inputs.append(try await files.resolve(file, for: principal))
            } catch {
                throw JobError.file(error)
            }
        }
        let draft = try await draft(operation, inputs, sealed, nil, owner: principal.owner)
        let key = submission.idempotencyKey
        let limit = settings.maximumOpenJobs
        let earlierResource: String?
        do {
            earlierResource = try await database.write { connection in
                if let key,
                    let resource = try Idempotency.claim(key, fingerprint, draft.job.id, principal.owner, on: connection)
                {
                    return resource
                }
                guard try JobStore.openCount(owner: principal.owner, on: connection) < limit else {
                    throw JobError.tooManyJobs(limit: limit)
                }
                try self.insert(draft, on: connection)
                return nil
            }
        } catch {
            await discard(draft)
            throw error
        }
        if let earlierResource {
            await discard(draft)
            return try await accepted(earlierResource, principal)
        }
        count([draft])
        return .job(updates.enrich(draft.job))
    }

    /// A job that is not stored yet.
    struct Draft: Sendable {
        let job: JobDocument
        let cacheKey: String
    }

    /// Lets go of what a draft holds that became no job.
    func discard(_ draft: Draft) async {
        await unregister(draft.job.result, of: draft.job)
        await releaseBlobs(of: draft.job)
    }

    /// Stores a job and the order for it.
    func insert(_ draft: Draft, on connection: Connection) throws {
        try JobStore.insert(draft.job, cacheKey: draft.cacheKey, on: connection)
        if draft.job.state == .queued { try appendOrder(draft.job, to: connection) }
        try appendEvent("accepted", draft.job, to: connection)
    }

    func count(_ drafts: [Draft]) {
        counts.withLock { counts in
            counts.accepted += drafts.count
            counts.cached += drafts.count { $0.job.cached }
        }
    }

    /// A job that is not stored yet; already succeeded when an identical one has a result.
    /// - Parameter parameters: with their secrets sealed.
    func draft(
        _ operation: AnyOperation, _ inputs: [JobFile], _ parameters: JSONValue, _ batch: String?, owner: String
    ) async throws -> Draft {
        let key = JobStore.cacheKey(operation, inputs, parameters)
        let now = Timestamp.now()
        var job = JobDocument(
            id: Identifier.make("job"), operation: operation.name, state: .queued, owner: owner, batch: batch,
            inputs: inputs,
            parameters: parameters, progress: 0, stage: nil, cached: false, attempts: 0, result: nil, problem: nil, created: now,
            started: nil, finished: nil)
        if operation.isCacheable, let earlier = try await database.read({ try JobStore.cachedResult(key, on: $0) }),
            let result = earlier.result, let reused = await reuse(result, for: job)
        {
            (job.state, job.cached, job.result, job.progress, job.finished) = (.succeeded, true, reused, 1, now)
        } else if let large = LargeParameters(parameters) {
            try await large.store(in: blobs, owner: BlobOwner(service: settings.service, id: job.id))
        }
        return Draft(job: job, cacheKey: key)
    }

    /// Gives a new job its own hold on an earlier result's blobs and its owner their own files.
    /// - Returns: `nil` when a blob is gone; the operation then simply runs.
    private func reuse(_ result: JobResult, for job: JobDocument) async -> JobResult? {
        do {
            for file in result.files {
                try await blobs.retain(file.digest, owner: BlobOwner(service: settings.service, id: job.id))
            }
            return try await register(result, of: job)
        } catch {
            await unregister(result, of: job)
            await release(result.files.map(\.digest), of: job.id)
            return nil
        }
    }

    /// Makes a result's blobs files of the job's owner; repeating it gives the same files.
    func register(_ result: JobResult, of job: JobDocument) async throws -> JobResult {
        var registered = result
        for index in registered.files.indices {
            registered.files[index].file = try await files.register(
                registered.files[index], owner: job.owner, key: "\(job.id)/\(index)", origin: job.id)
        }
        return registered
    }

    /// Takes back the files that `register` made of a result.
    func unregister(_ result: JobResult?, of job: JobDocument) async {
        for index in result?.files.indices ?? 0..<0 {
            do {
                try await files.unregister(key: "\(job.id)/\(index)", owner: job.owner)
            } catch {
                Self.log.warning("a file of no job remains", ["job": .string(job.id), "error": .string("\(error)")])
            }
        }
    }

    /// Lets go of every blob that is held for a job.
    func releaseBlobs(of job: JobDocument) async {
        var digests = job.result?.files.map(\.digest) ?? []
        if let large = LargeParameters(job.parameters) { digests.append(large.digest) }
        await release(digests, of: job.id)
    }

    func release(_ digests: [String], of job: String) async {
        for digest in digests {
            do {
                try await blobs.release(digest, owner: BlobOwner(service: settings.service, id: job))
            } catch {
                Self.log.warning("a blob could not be released", ["digest": .string(digest), "error": .string("\(error)")])
            }
        }
    }

    private static func fingerprint(_ operation: String, _ inputs: [String], _ parameters: JSONValue) -> String {
        let document: JSONValue = [
            "operation": .string(operation), "inputs": .array(inputs.map(JSONValue.string)), "parameters": parameters,
        ]
        return Hex.encode(SHA256.hash(document.serialized()))
    }

    private func earlier(_ key: String, _ fingerprint: String, _ principal: Principal) async throws -> Accepted? {
        let resource = try await database.read { try Idempotency.find(key, fingerprint, principal.owner, on: $0) }
        guard let resource else { return nil }
        return try await accepted(resource, principal)
    }

    private func accepted(_ resource: String, _ principal: Principal) async throws -> Accepted {
        guard resource.hasPrefix("batch_") else { return .job(try await job(resource, for: principal)) }
        return .batch(resource)
    }
}

/// Idempotency keys of submissions, by owner.
enum Idempotency {
    /// - Returns: the resource that the key made before; `nil` when it is new.
    /// - Throws: `JobError.idempotencyMismatch` when it was used for another request.
    static func find(_ key: String, _ fingerprint: String, _ owner: String, on connection: Connection) throws -> String? {
        let row = try connection.first("SELECT fingerprint, resource FROM idempotency WHERE owner = ? AND key = ?", owner, key) {
            (fingerprint: try $0.text("fingerprint"), resource: try $0.text("resource"))
        }
        guard let row else { return nil }
        guard row.fingerprint == fingerprint else { throw JobError.idempotencyMismatch }
        return row.resource
    }

    /// Forgets keys of before a moment: what they made is forgotten too.
    static func forget(before moment: Timestamp, on connection: Connection) throws {
        try connection.execute("DELETE FROM idempotency WHERE created < ?", moment)
    }

    /// Takes the key for a resource, unless it was taken before.
    static func claim(
        _ key: String, _ fingerprint: String, _ resource: String, _ owner: String, on connection: Connection
    ) throws -> String? {
        if let earlier = try find(key, fingerprint, owner, on: connection) { return earlier }
        try connection.execute(
            "INSERT INTO idempotency(owner, key, fingerprint, resource, created) VALUES (?, ?, ?, ?, ?)", owner, key, fingerprint,
            resource, Timestamp.now())
        return nil
    }
}
