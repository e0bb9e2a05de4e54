package import Contracts
import Cryptography
import Persistence
import Primitives

extension JobService {
    /// Accepts a batch as a whole: when this returns, its items are on disk and will end, whatever crashes.
    /// - Returns: its identifier.
    /// - Throws: `JobError`; a retriable `DatabaseError` when the disk is full.
    package func submit(_ submission: BatchSubmission, by principal: Principal) async throws -> String {
        var plan = try BatchPlan(submission.steps, catalogue, resources: settings.resources)
        guard (1...BatchSubmission.maximumInputs).contains(submission.inputs.count) else {
            throw JobError.batch(field: "inputs", "a batch has 1 to \(BatchSubmission.maximumInputs) inputs")
        }
        let stored = try sealed(submission, plan)
        let fingerprint = Hex.encode(SHA256.hash(stored.document.serialized()))
        if let key = submission.idempotencyKey {
            let earlier = try await database.read { try Idempotency.find(key, fingerprint, principal.owner, on: $0) }
            if let earlier { return earlier }
        }
        let batch = BatchStore.Batch(
            id: Identifier.make("batch"), owner: principal.owner, steps: stored.steps, created: .now())
        var items: [BatchStore.Item] = []
        var checked: Set<[String: JSONValue]> = []
        for (position, input) in submission.inputs.enumerated() {
            let file: JobFile?
            do throws(JobError) {
                if checked.insert(input.overrides).inserted { try plan.check(input.overrides) }
                file = try await self.file(input.source, principal)
            } catch {
                throw submission.inputs.count > 1 ? .batchInput(position, error) : error
            }
            items.append(
                BatchStore.Item(
                    batch: batch.id, position: position, source: input.source, overrides: stored.inputs[position].overrides,
                    file: file, step: 0, job: nil, state: .queued, problem: nil))
        }
        let (prepared, key, limit) = (items, submission.idempotencyKey, settings.maximumOpenJobs)
        let earlier = try await database.write { connection -> String? in
            if let key, let earlier = try Idempotency.claim(key, fingerprint, batch.id, batch.owner, on: connection) {
                return earlier
            }
            let open = try JobStore.openCount(owner: batch.owner, on: connection)
            let waiting = try BatchStore.waitingCount(owner: batch.owner, on: connection)
            guard open + waiting + prepared.count <= limit else { throw JobError.tooManyJobs(limit: limit) }
            try BatchStore.insert(batch, prepared, on: connection)
            return nil
        }
        batchWork.wake()
        return earlier ?? batch.id
    }

    /// A submission as it is stored: its secrets sealed.
    private func sealed(_ submission: BatchSubmission, _ plan: BatchPlan) throws -> BatchSubmission {
        var sealed = submission
        for index in sealed.steps.indices {
            guard let operation = catalogue[sealed.steps[index].operation] else { continue }
            sealed.steps[index].parameters = settings.seal.sealed(sealed.steps[index].parameters, of: operation)
        }
        for index in sealed.inputs.indices {
            do {
                sealed.inputs[index].overrides = try plan.mappingSecrets(sealed.inputs[index].overrides, settings.seal.sealed)
            } catch let error as JobError {
                throw sealed.inputs.count > 1 ? JobError.batchInput(index, error) : error
            }
        }
        return sealed
    }

    /// - Returns: `nil` when the file has to be fetched.
    private func file(_ source: BatchInput.Source, _ principal: Principal) async throws(JobError) -> JobFile? {
        switch source {
        case .file(let id):
            do { return try await files.resolve(id, for: principal) } catch { throw .file(error) }
        case .url(let url):
            guard remoteInputs != nil else { throw .batch(field: "url", "this service takes no URLs") }
            let scheme = url.prefix { $0 != ":" }.lowercased()
            guard ["http", "https"].contains(scheme), url.utf8.count <= 2048 else {
                throw .batch(field: "url", "a URL begins with http:// or https:// and has at most 2048 bytes")
            }
            return nil
        }
    }

    /// A batch that the principal may see.
    /// - Parameter isDetailed: whether the items' measurements are told.
    /// - Throws: `JobError.notFound`, also for another owner's.
    package func batch(_ id: String, for principal: Principal, isDetailed: Bool = false) async throws -> BatchDocument {
        let (batch, items) = try await items(id, for: principal)
        let jobs = try await database.read { connection in
            try items.map { item in try item.job.flatMap { try JobStore.findBrief($0, on: connection) } }
        }
        let documents = zip(items, jobs).map { item, job in
            Self.document(item, job.map(updates.enrich), steps: batch.steps.count, isDetailed)
        }
        return BatchDocument(
            id: id, operation: batch.steps.last?.operation ?? "", steps: batch.steps.map(redacted), total: items.count,
            states: Dictionary(grouping: documents, by: \.state.rawValue).mapValues(\.count),
            progress: documents.map(\.progress).reduce(0, +) / Double(max(1, items.count)), created: batch.created,
            finished: documents.allSatisfy(\.state.isFinal), items: documents)
    }

    private func redacted(_ step: BatchStep) -> BatchStep {
        BatchStep(operation: step.operation, parameters: catalogue[step.operation]?.redacted(step.parameters) ?? step.parameters)
    }

    private static func document(
        _ item: BatchStore.Item, _ job: JobDocument?, steps: Int, _ isDetailed: Bool
    ) -> BatchItemDocument {
        let isDone = item.state == .succeeded
        let within = min(1, job?.progress ?? 0)
        return BatchItemDocument(
            index: item.position, input: item.file?.file, url: item.source.url, name: item.file?.name, state: item.state,
            step: item.step + 1, progress: item.state.isFinal ? 1 : (Double(item.step) + within) / Double(steps), job: item.job,
            problem: item.problem, files: isDone ? job?.result?.files ?? [] : [],
            measurements: isDone && isDetailed ? job?.result?.measurements : nil)
    }

    /// Cancels what has not ended.
    /// - Throws: `JobError.notFound`.
    package func cancelBatch(_ id: String, for principal: Principal) async throws -> BatchDocument {
        let open = try await items(id, for: principal).items.filter { !$0.state.isFinal }
        let problem = JobProblem(code: "cancelled", message: "the batch was cancelled")
        // The items end first, so that nothing goes on to its next step.
        let jobs = try await database.write { connection -> [String] in
            try BatchStore.items(id, on: connection).filter { !$0.state.isFinal }.compactMap { item in
                try BatchStore.end(item, .cancelled, problem, on: connection)
                return item.job
            }
        }
        if !open.isEmpty { for job in jobs { _ = try await cancel(job, for: principal) } }
        return try await batch(id, for: principal)
    }

    /// Runs the failed and cancelled items again, from the step that they ended at.
    /// - Throws: `JobError.notFound`.
    package func retryBatch(_ id: String, for principal: Principal) async throws -> BatchDocument {
        for item in try await items(id, for: principal).items where item.state == .failed || item.state == .cancelled {
            let job = try await database.read { connection in
                try item.job.flatMap { try JobStore.findBrief($0, on: connection) }
            }
            if let job, job.state == .failed || job.state == .cancelled {
                do { _ = try await retry(job.id, for: principal) } catch JobError.notRepeatable { continue }
            } else {
                try await database.write { try BatchStore.reopen(item, on: $0) }
            }
        }
        batchWork.wake()
        return try await batch(id, for: principal)
    }

    private func items(
        _ id: String, for principal: Principal
    ) async throws -> (batch: BatchStore.Batch, items: [BatchStore.Item]) {
        let found = try await database.read { connection in
            try BatchStore.find(id, on: connection).map { ($0, try BatchStore.items(id, on: connection)) }
        }
        guard let found, principal.isAdministrator || found.0.owner == principal.owner else { throw JobError.notFound(id) }
        return found
    }
}

extension BatchInput.Source {
    fileprivate var url: String? {
        if case .url(let url) = self { url } else { nil }
    }
}
