import Contracts
import Cryptography
import HTTP
import Jobs
import Messaging
import Primitives

/// The NATS door of a service's operations and jobs, beside `OperationRoutes`: requests on `avstudio.rpc.<service>.submit` and
/// `avstudio.rpc.<service>.job`.
///
/// The header `X-AVStudio-Principal` says who asks, signed as the gateway signs it for HTTP. The answer is the job without its
/// parameters, which may be as large as a message can be; or a problem document, whose `status` tells it from a job.
struct OperationMessages: Sendable {
    private static let log = Log("messages")
    /// Requests that are worked on at once.
    private static let concurrency = 64

    let jobs: JobService
    let token: PrincipalToken
    let bus: MessageBus

    private var service: String { jobs.serviceName }

    /// Answers until the task is cancelled.
    func run() async throws {
        let submissions = bus.serve(Subjects.rpc(service: service, "submit"), queue: service, concurrency: Self.concurrency) {
            message in
            try await answer(message) { (request: JobRequest, principal) in try await submit(request, principal) }
        }
        let questions = bus.serve(Subjects.rpc(service: service, "job"), queue: service, concurrency: Self.concurrency) { message in
            try await answer(message) { (question: JobQuestion, principal) in
                try JSONValue(encoding: Self.brief(await jobs.job(question.id, for: principal)))
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await submissions.run() }
            group.addTask { try await questions.run() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func submit(_ request: JobRequest, _ principal: Principal) async throws -> JSONValue {
        let submission = JobSubmission(
            operation: request.operation, inputs: request.inputs ?? [], parameters: request.parameters ?? [:],
            idempotencyKey: request.idempotencyKey)
        switch try await jobs.submit(submission, by: principal) {
        case .job(let job): return try JSONValue(encoding: Self.brief(job))
        case .batch(let id): return try JSONValue(encoding: await jobs.batch(id, for: principal))
        }
    }

    private static func brief(_ job: JobDocument) -> JobDocument {
        var job = job
        job.parameters = nil
        return job
    }

    /// Errors are told as HTTP tells them.
    private func answer<Question: Decodable>(
        _ message: Message, _ body: (Question, Principal) async throws -> JSONValue
    ) async throws -> Bytes {
        do {
            let principal = try principal(of: message)
            return try await body(JSON.decode(Question.self, from: message.payload), principal).serialized()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if let problem = Problem(error) { return problem.document.serialized() }
            Self.log.error("a request failed", ["subject": .string(message.subject), "error": .string("\(error)")])
            return Problem(status: .internalServerError, code: "internal-error", "the request could not be completed")
                .document.serialized()
        }
    }

    /// - Throws: `Problem` 401 or 403.
    private func principal(of message: Message) throws(Problem) -> Principal {
        guard let header = message.headers[PrincipalToken.header] else {
            throw Problem(
                status: .unauthorized, code: "unauthenticated", "this request needs the header \(PrincipalToken.header)")
        }
        let principal: Principal
        do throws(PrincipalToken.Invalid) {
            principal = try token.verify(header)
        } catch {
            throw Problem(status: .unauthorized, code: error.code, error.message)
        }
        let scope = Scope(rawValue: "\(service):run")
        guard principal.may(scope) else {
            throw Problem(status: .forbidden, code: "scope-missing", "this needs the scope \(scope.rawValue)")
        }
        if let digest = principal.bodyDigest, digest != Hex.encode(SHA256.hash(message.payload)) {
            throw Problem(status: .unauthorized, code: "digest-mismatch", "this is not the body that was signed")
        }
        return principal
    }
}
