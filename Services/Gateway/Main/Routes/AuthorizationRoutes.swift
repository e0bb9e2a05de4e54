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
    let admission: Admission
    let identities: SignedIdentities

    func add(to router: inout Router) {
        router.on(.get, "/internal/authorize") { try await authorize($0) }
    }

    private func authorize(_ request: Request) async throws -> Response {
        let method = request.headers["X-Original-Method"] ?? "GET"
        let target = request.headers["X-Original-URI"] ?? "/"
        let path = String(target.prefix { $0 != "?" })
        let decision: Authorizer.Decision
        do {
            decision = try await admission.decide(request, method: method, target: target, path: path)
        } catch {
            // nginx makes an error page of its own of any status but these two.
            guard let problem = Problem(error), problem.isRetriable else { throw error }
            return denial(.forbidden, path, problem, problem.headers)
        }
        switch decision {
        case .allowed(let principal, let rate):
            return Response(
                status: .noContent,
                headers: [
                    PrincipalToken.header: try identities.text(of: principal), "RateLimit-Policy": rate.policyHeader,
                    "RateLimit": rate.limitHeader,
                ])
        case .unauthenticated(let refusal):
            // RFC 6750, 3.1: a request without a credential is told no error.
            let challenge = "Bearer realm=\"avstudio\"" + (refusal.hasCredential ? ", error=\"invalid_token\"" : "")
            return denial(
                .unauthorized, path, Problem(status: .unauthorized, code: "unauthenticated", refusal.message),
                ["WWW-Authenticate": challenge])
        case .scopeMissing(let scope, _):
            return denial(
                .forbidden, path, Problem(status: .forbidden, code: "scope-missing", "this needs the scope \(scope.rawValue)"))
        case .limited(let rate, _):
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
            case .serviceUnavailable: .overloaded
            default: .permission
            }
        return Door.openAIChat.encode(DoorFailure(kind, code: problem.code, message: problem.detail)).body
    }
}
