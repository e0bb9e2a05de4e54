import Contracts
import GatewayCore
import HTTP
import HTTPServer
import ModelGateway
import ModelProtocols
import ModelRouting
import Primitives
import ServiceRuntime

/// Who calls a language model, and whether they may.
struct ModelAccess: Sendable {
    let admission: Admission

    /// Checks who asks, scope and rate of a request.
    /// - Parameters:
    ///   - isCall: whether it is taken down as a call when it has ended, and not now that it is let in.
    ///   - rate: becomes what is left of the caller's requests, when the credential is a good one.
    /// - Returns: the caller, and the request with the body that they have signed, if they have.
    /// - Throws: `CallRefused`, `ModelRequestError` for a wish that is none; as `Authorizer.decide`.
    func admit(
        _ request: Request, isCall: Bool, rate: inout RateDecision?
    ) async throws -> (caller: ModelCaller, request: Request) {
        let principal = try await principal(of: request, isCall: isCall, rate: &rate)
        return (try caller(of: request, principal), request.bound(to: principal))
    }

    private func principal(of request: Request, isCall: Bool, rate: inout RateDecision?) async throws -> Principal {
        switch try await admission.decide(
            request, method: request.method.rawValue, target: request.target, path: request.path, isTakenDown: !isCall)
        {
        case .allowed(let principal, let decision):
            rate = decision
            return principal
        case .unauthenticated:
            throw CallRefused(
                DoorFailure(
                    .authentication, code: "invalid_api_key",
                    message: "this needs a valid key: Authorization: Bearer avs_... or x-api-key: avs_..."))
        case .scopeMissing(let scope, _):
            throw CallRefused(
                DoorFailure(.permission, code: "scope-missing", message: "this needs the scope \(scope.rawValue)"))
        case .limited(let decision, _):
            rate = decision
            var failure = DoorFailure(
                .rateLimited, code: "rate-limited",
                message: "the limit of \(decision.rule.requests) requests in \(Int(decision.rule.windowSeconds)) s is used up")
            failure.retryAfter = .seconds(decision.resetSeconds)
            throw CallRefused(failure)
        }
    }

    /// Writes down that a caller was refused; of what is no call, what speaks against the caller and not the request.
    func refused(_ caller: ModelCaller, _ request: Request, isCall: Bool, _ failure: DoorFailure) {
        guard isCall || [.permission, .budget, .rateLimited].contains(failure.kind) else { return }
        admission.gateway.audit.record(
            AuditEntry(
                key: caller.key, owner: caller.owner, method: request.method.rawValue,
                path: String(request.path.prefix(512)),
                outcome: failure.code, requestID: caller.requestID))
    }

    /// What the request's headers ask for: `X-AVStudio-Session`, `X-AVStudio-Task`, `X-AVStudio-Maximum-Cost`,
    /// `X-AVStudio-Maximum-Seconds`, `X-AVStudio-Minimum-Quality`, `X-AVStudio-Video`, `X-AVStudio-Channel`, and `Cache-Control` with
    /// `max-age` or `scope` for an answer that may be one given before.
    private func caller(of request: Request, _ principal: Principal) throws(ModelRequestError) -> ModelCaller {
        let headers = request.headers
        // A key of an organisation is no user's; any other owner is one.
        let terms = admission.gateway.keys.terms(of: principal.subject)
        let user = principal.person ?? (principal.organisation == nil ? principal.owner : nil)
        var (session, labels, wishes, cache) = (String?.none, CallLabels(), RoutingWishes(), CacheControl?.none)
        // Most callers have none of ours.
        if headers.containsName(startingWith: "X-AVStudio-") {
            session = headers["X-AVStudio-Session"].map { String($0.prefix(200)) }
            labels.video = try Self.label("X-AVStudio-Video", headers)
            labels.channel = try Self.label("X-AVStudio-Channel", headers)
            for (header, wish) in Self.wishes {
                if let value = headers[header] { _ = try wishes.set(wish, value) }
            }
        }
        if let control = headers["Cache-Control"], control.contains("max-age") || control.contains("scope") {
            cache = CacheControl(header: control)
        }
        return ModelCaller(
            key: principal.subject, user: user, organisation: principal.organisation, session: session, labels: labels,
            allowed: terms?.models.patterns.map { ModelAllowList($0) }, wishes: wishes, cache: cache,
            isAdministrator: principal.isAdministrator, logsContent: terms?.logsContent ?? false, requestID: headers["X-Request-Id"]
        )
    }

    /// What a call is made for, where a protocol's body has no place for it: percent-encoded, as headers hold ASCII alone.
    private static func label(_ name: String, _ headers: HTTPHeaders) throws(ModelRequestError) -> String? {
        guard let value = headers[name] else { return nil }
        guard let text = PercentEncoding.decode(value[...], plusIsSpace: false), (1...CallLabels.limit).contains(text.utf8.count)
        else {
            throw ModelRequestError(
                .outOfRange, field: name, "\(name) must be a text of 1 to \(CallLabels.limit) bytes, percent-encoded (RFC 3986)")
        }
        return text
    }

    private static let wishes = [
        ("X-AVStudio-Task", "task"), ("X-AVStudio-Maximum-Cost", "maximum_cost"),
        ("X-AVStudio-Maximum-Seconds", "maximum_seconds"), ("X-AVStudio-Minimum-Quality", "minimum_quality"),
    ]
}
