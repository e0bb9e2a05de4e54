import Contracts
import GatewayCore
import HTTP
import HTTPServer
import ModelGateway
import ModelProtocols
import ModelRouting
import Primitives

/// Who calls a language model, and whether they may.
struct ModelAccess: Sendable {
    let gateway: Gateway

    /// Checks key, scope and rate of a request.
    /// - Parameter rate: becomes what is left of the caller's requests, when the key is a good one.
    /// - Throws: `CallRefused`, `ModelRequestError` for a wish that is none.
    func caller(of request: Request, rate: inout RateDecision?) throws -> ModelCaller {
        try caller(of: request, try principal(of: request, rate: &rate))
    }

    private func principal(of request: Request, rate: inout RateDecision?) throws(CallRefused) -> Principal {
        let (method, path) = (request.method.rawValue, request.path)
        let credential = Credential.text(request.headers)
        switch gateway.authorizer.decide(credential: credential, method: method, path: path) {
        case .allowed(let principal, let decision):
            rate = decision
            audit(principal, method, path, "allowed", request)
            return principal
        case .unauthenticated:
            throw CallRefused(
                DoorFailure(
                    .authentication, code: "invalid_api_key",
                    message: "this needs a valid key: Authorization: Bearer avs_... or x-api-key: avs_..."))
        case .scopeMissing(let scope, let principal):
            audit(principal, method, path, "scope-missing", request)
            throw CallRefused(
                DoorFailure(.permission, code: "scope-missing", message: "this key lacks the scope \(scope.rawValue)"))
        case .limited(let decision, let principal):
            rate = decision
            audit(principal, method, path, "rate-limited", request)
            var failure = DoorFailure(
                .rateLimited, code: "rate-limited",
                message: "the limit of \(decision.rule.requests) requests in \(Int(decision.rule.windowSeconds)) s is used up")
            failure.retryAfter = .seconds(decision.resetSeconds)
            throw CallRefused(failure)
        }
    }

    /// Writes down that a caller was refused.
    func refused(_ caller: ModelCaller, _ request: Request, _ failure: DoorFailure) {
        guard [.permission, .budget, .rateLimited].contains(failure.kind) else { return }
        gateway.audit.record(
            AuditEntry(
                key: caller.key, owner: caller.user, method: request.method.rawValue, path: String(request.path.prefix(512)),
                outcome: failure.code, requestID: caller.requestID))
    }

    /// What the request's headers ask for: `X-AVStudio-Session`, `X-AVStudio-Task`, `X-AVStudio-Maximum-Cost`,
    /// `X-AVStudio-Maximum-Seconds`, `X-AVStudio-Minimum-Quality`, and `Cache-Control` with `max-age` or `scope` for an answer
    /// that may be one given before.
    func caller(of request: Request, _ principal: Principal) throws(ModelRequestError) -> ModelCaller {
        let headers = request.headers
        var caller = ModelCaller(
            key: principal.subject, user: principal.owner, session: headers["X-AVStudio-Session"].map { String($0.prefix(200)) },
            allowed: gateway.keys.models(of: principal.subject).map { ModelAllowList($0) })
        caller.requestID = headers["X-Request-Id"]
        for (header, wish) in Self.wishes {
            if let value = headers[header] { _ = try caller.wishes.set(wish, value) }
        }
        if let control = headers["Cache-Control"], control.contains("max-age") || control.contains("scope") {
            caller.cache = CacheControl(header: control)
        }
        return caller
    }

    private static let wishes = [
        ("X-AVStudio-Task", "task"), ("X-AVStudio-Maximum-Cost", "maximum_cost"),
        ("X-AVStudio-Maximum-Seconds", "maximum_seconds"), ("X-AVStudio-Minimum-Quality", "minimum_quality"),
    ]

    private func audit(_ principal: Principal, _ method: String, _ path: String, _ outcome: String, _ request: Request) {
        gateway.audit.record(
            AuditEntry(
                key: principal.subject, owner: principal.owner, method: method, path: String(path.prefix(512)), outcome: outcome,
                requestID: request.headers["X-Request-Id"]))
    }
}
