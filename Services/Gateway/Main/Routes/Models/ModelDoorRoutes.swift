import Contracts
import GatewayCore
import HTTP
import HTTPServer
import ModelGateway
import ModelProtocols
import Primitives

/// The doors of language models: OpenAI's, Anthropic's and the studio's own. They ask for the key themselves and tell failures in
/// the form that the door's SDKs read.
struct ModelDoorRoutes: Sendable {
    private static let log = Log("gateway.models")
    private static let bodyLimit = ByteSize.mib(32)
    let access: ModelAccess
    let models: ModelService

    func add(to router: inout Router) {
        call("/v1/chat/completions", .openAIChat, &router)
        call("/v1/responses", .openAIResponses, &router)
        call("/v1/messages", .anthropic, &router)
        call("/llm/chat", .plain, &router)
        call("/llm/stream", .plain, stream: true, &router)
        on(.post, "/v1/embeddings", .openAIChat, isCall: true, &router) { body, _, caller in
            Self.response(try await models.embed(body, for: caller))
        }
        on(.post, "/v1/messages/count_tokens", .anthropic, &router) { body, _, caller in
            .json(["input_tokens": JSONValue(try await models.countTokens(body, for: caller))] as JSONValue)
        }
    }

    private func call(_ path: String, _ door: Door, stream: Bool? = nil, _ router: inout Router) {
        on(.post, path, door, isCall: true, &router) { body, request, caller in
            let betas = models.betas(door == .anthropic ? request.headers.all("anthropic-beta") : [])
            let call = try DoorRequest(body, door: door, stream: stream, betas: betas)
            return Self.response(try await models.answer(call, for: caller))
        }
    }

    /// Adds a route that authenticates its callers and tells failures as its door does.
    /// - Parameter isCall: whether the route calls models, so that the audit log has how it ended.
    func on(
        _ method: HTTPMethod, _ path: String, _ door: Door, isCall: Bool = false, _ router: inout Router,
        _ handler: @escaping @Sendable (Bytes, Request, ModelCaller) async throws -> Response
    ) {
        // The limit is the handler's own, so that the refusal has the door's form.
        router.on(method, path, limits: .unlimited) { request in
            var rate: RateDecision?
            var caller: ModelCaller?
            var response: Response
            do {
                let (known, request) = try await access.admit(request, isCall: isCall, rate: &rate)
                caller = known
                let body = try await request.body.collect(upTo: Self.bodyLimit)
                response = try await handler(body, request, known)
            } catch let error as CancellationError {
                throw error
            } catch {
                let failure = Self.failure(error)
                if let caller { access.refused(caller, request, isCall: isCall, failure) }
                response = Self.response(to: failure, door)
            }
            if let rate {
                response.headers.add("RateLimit-Policy", rate.policyHeader)
                response.headers.add("RateLimit", rate.limitHeader)
            }
            return response
        }
    }

    private static func response(_ answer: ModelAnswer) -> Response {
        var headers = answer.headers
        headers.add("Content-Type", answer.mediaType)
        switch answer.body {
        case .whole(let bytes): return Response(headers: headers, body: .bytes(bytes))
        case .stream(let stream):
            headers.add("Cache-Control", "no-store")
            // Asks nginx to pass pieces on at once.
            headers.add("X-Accel-Buffering", "no")
            return Response(
                headers: headers,
                body: .stream(contentLength: nil) { writer in try await stream.run { try await writer.write($0) } })
        }
    }

    private static func response(to failure: DoorFailure, _ door: Door) -> Response {
        let (status, mediaType, body) = door.encode(failure)
        var headers: HTTPHeaders = ["Content-Type": mediaType]
        if let wait = failure.retryAfter { headers.add("Retry-After", "\(max(1, Int(wait.seconds.rounded(.up))))") }
        if failure.kind == .authentication { headers.add("WWW-Authenticate", "Bearer realm=\"avstudio\"") }
        return Response(status: HTTPStatus(rawValue: status), headers: headers, body: .bytes(body))
    }

    private static func failure(_ error: any Error) -> DoorFailure {
        if let refusal = CallRefused(error) { return refusal.failure }
        switch error {
        case let error as SchemaError:
            return DoorFailure(
                .invalidRequest, code: error.code, message: error.message, field: error.field.isEmpty ? nil : error.field)
        case let problem as Problem:
            let kind: DoorFailure.Kind =
                switch problem.status.rawValue {
                case 413: .tooLarge
                case 408: .timeout
                default: .invalidRequest
                }
            return DoorFailure(kind, code: problem.code, message: problem.detail, field: problem.field)
        case let error as any CodedError where error.isRetriable:
            var failure = DoorFailure(.overloaded, code: error.code, message: error.message)
            failure.retryAfter = .seconds(5)
            return failure
        default:
            log.error("a call of a model failed", ["error": .string("\(error)")])
            return DoorFailure(
                .server, code: "internal-error", message: "the gateway failed to answer; the failure is logged")
        }
    }
}
