import Blobs
import Contracts
package import HTTP
import HTTPServer
import Jobs
import Primitives

/// Many inputs in one request: `/audio/batches/…`.
struct BatchRoutes: Sendable {
    let service: String
    let jobs: JobService
    let blobs: any BlobStore
    let authenticator: Authenticator

    func add(to router: inout Router) {
        let base = "/\(service)/batches"
        router.on(.post, base, require(submit))
        router.on(.get, "\(base)/{id}", require { try .json(await jobs.batch($0.id, for: $1)) })
        router.on(.delete, "\(base)/{id}", require { try .json(await jobs.cancelBatch($0.id, for: $1)) })
        for verb in ["retry", "resume"] {
            router.on(
                .post, "\(base)/{id}/\(verb)",
                require { request, principal in
                    try .json(await jobs.retryBatch(request.id, for: principal), status: .accepted)
                })
        }
        router.on(.get, "\(base)/{id}/manifest", require(manifest))
        router.on(.get, "\(base)/{id}/archive", require(archive))
    }

    private func require(_ handler: @escaping @Sendable (Request, Principal) async throws -> Response) -> Handler {
        authenticator.require(Scope(rawValue: "\(service):run"), handler)
    }

    private func submit(_ request: Request, _ principal: Principal) async throws -> Response {
        let body = try await BatchBody(request, service: service)
        let submission = BatchSubmission(
            inputs: body.inputs, steps: body.steps, idempotencyKey: try request.idempotencyKey())
        let id = try await jobs.submit(submission, by: principal)
        return try .json(await jobs.batch(id, for: principal), status: .accepted).adding("Location", "/\(service)/batches/\(id)")
    }

    private func manifest(_ request: Request, _ principal: Principal) async throws -> Response {
        let batch = try await jobs.batch(request.id, for: principal, isDetailed: true)
        let format = request.query["format"] ?? "json"
        let name = "attachment; filename=\"\(batch.id).\(format)\""
        switch format {
        case "json": return .json(bytes: try BatchManifest.json(batch)).adding("Content-Disposition", name)
        case "csv":
            return .bytes(BatchManifest.csv(batch), type: "text/csv; charset=utf-8").adding("Content-Disposition", name)
        default: throw Problem(status: .badRequest, code: "out-of-range", "format must be json or csv", field: "format")
        }
    }

    private func archive(_ request: Request, _ principal: Principal) async throws -> Response {
        let batch = try await jobs.batch(request.id, for: principal, isDetailed: true)
        guard batch.finished else {
            throw Problem(status: .conflict, code: "batch-not-finished", "the batch has not ended yet")
        }
        let archive = try BatchArchive(batch)
        return Response.stream(type: "application/zip", contentLength: archive.size) { writer in
            try await archive.write(to: writer, from: blobs)
        }.adding("Content-Disposition", "attachment; filename=\"\(batch.id).zip\"")
    }
}

extension Request {
    var id: String { parameters["id"] ?? "" }

    /// - Throws: `Problem` when it is empty or too long.
    package func idempotencyKey() throws(Problem) -> String? {
        let key = headers["Idempotency-Key"]
        if let key, key.isEmpty || key.utf8.count > 255 {
            throw Problem(status: .badRequest, code: "invalid-idempotency-key", "an Idempotency-Key has 1 to 255 bytes")
        }
        return key
    }
}
