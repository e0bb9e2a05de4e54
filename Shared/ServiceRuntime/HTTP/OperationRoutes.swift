import Contracts
import HTTP
package import HTTPServer
package import Jobs
import Primitives

/// The HTTP door of a service's operations and jobs: `POST /audio/normalize`, `/audio/jobs/…`.
package struct OperationRoutes: Sendable {
    private let jobs: JobService
    private let catalogue: OperationCatalogue
    private let authenticator: Authenticator
    private let scope: Scope
    /// Bytes of large bodies that are being read, all callers together.
    private let room = Slots(2 * Int(SubmissionBody.limit.bytes))

    package init(jobs: JobService, catalogue: OperationCatalogue, authenticator: Authenticator) {
        (self.jobs, self.catalogue, self.authenticator) = (jobs, catalogue, authenticator)
        scope = Scope(rawValue: "\(catalogue.service):run")
    }

    package func add(to router: inout Router) {
        let base = "/\(catalogue.service)"
        router.on(.get, "\(base)/operations", require { _, _ in .json(catalogueDocument) })
        for operation in catalogue.operations {
            router.on(
                .post, "\(base)/\(operation.verb)", limits: .atMost(SubmissionBody.limit),
                require { request, principal in
                    try await submit(operation, request, principal)
                })
        }
        router.on(.get, "\(base)/jobs", require(list))
        router.on(.get, "\(base)/jobs/{id}", require { try .json(await jobs.job($0.id, for: $1)) })
        router.on(.delete, "\(base)/jobs/{id}", require { try .json(await jobs.cancel($0.id, for: $1)) })
        router.on(
            .post, "\(base)/jobs/{id}/retry",
            require { request, principal in
                try .json(await jobs.retry(request.id, for: principal), status: .accepted)
            })
        router.on(.get, "\(base)/jobs/{id}/events", require(events))
    }

    private func require(_ handler: @escaping @Sendable (Request, Principal) async throws -> Response) -> Handler {
        authenticator.require(scope, handler)
    }

    private func submit(_ operation: AnyOperation, _ request: Request, _ principal: Principal) async throws -> Response {
        let wait = Self.preferredWait(request.headers["Prefer"])
        switch try await accept(operation, request, principal) {
        case .batch(let id):
            return try .json(await jobs.batch(id, for: principal), status: .accepted)
                .adding("Location", "/\(catalogue.service)/batches/\(id)")
        case .job(var job):
            if let wait, !job.state.isFinal { job = try await jobs.wait(for: job.id, principal: principal, limit: wait) }
            if wait != nil, job.state == .failed, let problem = job.problem { throw Self.failure(job, problem) }
            let response = try Response.json(job, status: job.state.isFinal && wait != nil ? .ok : .accepted)
                .adding("Location", "/\(catalogue.service)/jobs/\(job.id)")
            return wait == nil ? response : response.adding("Preference-Applied", "wait")
        }
    }

    private func accept(_ operation: AnyOperation, _ request: Request, _ principal: Principal) async throws -> Accepted {
        let size = SubmissionBody.room(for: request)
        if size > 0 { try await room.acquire(size, within: .seconds(20)) }
        defer { if size > 0 { room.release(size) } }
        let body = try await SubmissionBody(request)
        let submission = JobSubmission(
            operation: operation.name, inputs: body.inputs, parameters: body.parameters,
            idempotencyKey: try request.idempotencyKey())
        return try await jobs.submit(submission, by: principal)
    }

    /// The answer to a caller who waited for a job that failed.
    private static func failure(_ job: JobDocument, _ problem: JobProblem) -> Problem {
        Problem(
            status: problem.isRetriable ? .internalServerError : .unprocessableContent, code: problem.code, problem.message,
            field: problem.isRetriable ? nil : "input", extensions: ["job": .string(job.id)])
    }

    /// `Prefer: wait=20` (RFC 7240), at most 60 seconds.
    private static func preferredWait(_ header: String?) -> Duration? {
        guard let header else { return nil }
        for preference in header.split(separator: ",") {
            let parts = preference.split(separator: "=").map { $0.filter { $0 != " " } }
            if parts.count == 2, parts[0].lowercased() == "wait", let seconds = Int64(parts[1]), seconds > 0 {
                return .seconds(min(seconds, 60))
            }
        }
        return nil
    }

    private func list(_ request: Request, _ principal: Principal) async throws -> Response {
        let state = try request.query["state"].map { text in
            guard let state = JobState(rawValue: text) else {
                let names = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(status: .badRequest, code: "out-of-range", "state must be one of: \(names)", field: "state")
            }
            return state
        }
        let limit = try request.query["limit"].map { text in
            guard let limit = Int(text), (1...500).contains(limit) else {
                throw Problem(status: .badRequest, code: "out-of-range", "limit must be between 1 and 500", field: "limit")
            }
            return limit
        }
        let page = try await jobs.jobs(
            for: principal, batch: request.query["batch"], state: state, before: request.query["before"], limit: limit ?? 50)
        return try .json(JobPage(jobs: page, next: page.count == limit ?? 50 ? page.last?.id : nil))
    }

    private func events(_ request: Request, _ principal: Principal) async throws -> Response {
        let id = request.id
        _ = try await jobs.job(id, for: principal)
        return .events { writer in
            try await jobs.follow(id, principal: principal) { job, partials in
                // Whoever needs the parameters, which may be large, asks for the job.
                var job = job
                job.parameters = nil
                for partial in partials {
                    try await writer.send(event: "partial", String(decoding: try JSON.encode(partial), as: UTF8.self))
                }
                let event = ServerSentEvent(
                    event: job.state.isFinal ? "finished" : "progress", data: String(decoding: try JSON.encode(job), as: UTF8.self))
                try await writer.send(event)
            }
        }
    }

    private var catalogueDocument: JSONValue {
        ["operations": .array(catalogue.operations.map(\.document))]
    }
}

/// One page of jobs.
private struct JobPage: Encodable {
    let jobs: [JobDocument]
    /// The `before` of the next page.
    let next: String?
}
