import Contracts
import GatewayCore
import HTTP
import HTTPServer
import ModelProtocols
import Primitives
import ServiceRuntime

/// What nginx asks before it lets a request through (`auth_request`): 204 with the signed identity, or 401/403 with what to
/// answer in the headers, so that nginx never has to read the refused request's body.
struct AuthorizationRoutes: Sendable {
    let gateway: Gateway
    let identities: SignedIdentities

    func add(to router: inout Router) {
        router.on(.get, "/internal/authorize") { try await authorize($0) }
    }

    private func authorize(_ request: Request) async throws -> Response {
        let method = request.headers["X-Original-Method"] ?? "GET"
        let path = String((request.headers["X-Original-URI"] ?? "/").prefix { $0 != "?" })
        switch gateway.authorizer.decide(credential: Credential.text(request.headers), method: method, path: path) {
        case .allowed(let principal, let rate):
            audit(principal, method, path, "allowed", request)
            return Response(
                status: .noContent,
                headers: [
                    PrincipalToken.header: try identities.text(of: principal), "RateLimit-Policy": rate.policyHeader,
                    "RateLimit": rate.limitHeader,
                ])
        case .unauthenticated:
            return denial(
                .unauthorized, path,
                Problem(status: .unauthorized, code: "unauthenticated", "this needs a valid key: Authorization: Bearer avs_..."),
                ["WWW-Authenticate": "Bearer realm=\"avstudio\""])
        case .scopeMissing(let scope, let principal):
            audit(principal, method, path, "scope-missing", request)
            return denial(
                .forbidden, path, Problem(status: .forbidden, code: "scope-missing", "this key lacks the scope \(scope.rawValue)"))
        case .limited(let rate, let principal):
            audit(principal, method, path, "rate-limited", request)
            return denial(
                .forbidden, path,
                Problem(
                    status: .tooManyRequests, code: "rate-limited",
                    "the limit of \(rate.rule.requests) requests in \(Int(rate.rule.windowSeconds)) s is used up"),
                ["Retry-After": "\(rate.resetSeconds)", "RateLimit-Policy": rate.policyHeader, "RateLimit": rate.limitHeader])
        }
    }

    private func denial(_ status: HTTPStatus, _ path: String, _ problem: Problem, _ headers: HTTPHeaders = [:]) -> Response {
        var headers = headers
        headers["X-AVStudio-Denial"] = String(decoding: Self.body(problem, path), as: UTF8.self)
        headers["X-AVStudio-Denial-Status"] = "\(problem.status.rawValue)"
        return Response(status: status, headers: headers)
    }

    /// OpenAI's SDK, which sends to paths under `/v1/`, looks for its own form of a failure.
    private static func body(_ problem: Problem, _ path: String) -> Bytes {
        guard path.hasPrefix("/v1/") else { return problem.document.serialized() }
        let kind: DoorFailure.Kind =
            switch problem.status {
            case .unauthorized: .authentication
            case .tooManyRequests: .rateLimited
            default: .permission
            }
        return Door.openAIChat.encode(DoorFailure(kind, code: problem.code, message: problem.detail)).body
    }

    private func audit(_ principal: Principal, _ method: String, _ path: String, _ outcome: String, _ request: Request) {
        gateway.audit.record(
            AuditEntry(
                key: principal.subject, owner: principal.owner, method: method, path: String(path.prefix(512)), outcome: outcome,
                requestID: request.headers["X-Request-Id"]))
    }
}
