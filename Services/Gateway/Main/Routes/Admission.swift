import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Primitives

/// Decides whether a request may pass, and takes the decision down.
struct Admission: Sendable {
    let gateway: Gateway

    /// - Parameters:
    ///   - method: of the request that is decided on.
    ///   - target: of it: path and query as they were sent.
    ///   - path: its path as it is decided on.
    ///   - isTakenDown: false for what is taken down when it has ended.
    /// - Throws: as `Authorizer.decide`.
    func decide(
        _ request: Request, method: String, target: String, path: String, isTakenDown: Bool = true
    ) async throws -> Authorizer.Decision {
        let credential = Credential(request.headers, method: method, target: target)
        let decision = try await gateway.authorizer.decide(credential, method: method, path: path)
        switch decision {
        case .allowed(let principal, _): if isTakenDown { audit(principal, method, path, "allowed", request) }
        case .scopeMissing(_, let principal): audit(principal, method, path, "scope-missing", request)
        case .limited(_, let principal): audit(principal, method, path, "rate-limited", request)
        case .unauthenticated(let refusal) where refusal.hasCredential:
            gateway.audit.recordStranger(entry("", "", method, path, refusal.code, request))
        case .unauthenticated: break
        }
        return decision
    }

    /// Takes down how a request ended that nobody has to be known for: a login, a registration.
    /// - Parameter person: who it was; `nil` when it was refused.
    func record(_ request: Request, person: String?, outcome: String) {
        let entry = entry(person ?? "", "", request.method.rawValue, request.path, outcome, request)
        if person == nil { gateway.audit.recordStranger(entry) } else { gateway.audit.record(entry) }
    }

    private func audit(_ principal: Principal, _ method: String, _ path: String, _ outcome: String, _ request: Request) {
        gateway.audit.record(entry(principal.subject, principal.owner, method, path, outcome, request))
    }

    private func entry(
        _ key: String, _ owner: String, _ method: String, _ path: String, _ outcome: String, _ request: Request
    ) -> AuditEntry {
        AuditEntry(
            key: key, owner: owner, method: method, path: path.utf8.count > 512 ? String(path.prefix(512)) : path, outcome: outcome,
            requestID: request.headers["X-Request-Id"])
    }
}
