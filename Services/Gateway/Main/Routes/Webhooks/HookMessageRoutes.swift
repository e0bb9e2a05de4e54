import GatewayCore
import HTTP
import HTTPServer
import Identity
import Primitives

/// `POST /hooks/{id}`: takes a message that others send. Who may is told by its signature; nginx asks for no key.
struct HookMessageRoutes: Sendable {
    let gateway: Gateway

    func add(to router: inout Router) {
        router.on(.post, "/hooks/{id}") { try await take($0) }
    }

    private func take(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: Hooks.largestBody)
        let verified: VerifiedMessage
        do {
            verified = try await gateway.hooks.verify(HookMessage(headers: request.headers, body: body), for: request.identifier)
        } catch let error as HookError {
            gateway.audit.recordStranger(entry(request, nil, error.code))
            throw error
        }
        let hook = verified.hook
        // Only of those who hold the secret: nobody else can use up what a sender may send.
        let rate = gateway.limiter.take(key: hook.id, owner: hook.owner, tier: "standard", endpoint: "hooks")
        guard rate.isAllowed else {
            await gateway.hooks.refuse(verified, "rate-limited")
            gateway.audit.record(entry(request, hook, "rate-limited"))
            throw Problem(
                status: .tooManyRequests, code: "rate-limited",
                "the limit of \(rate.rule.requests) messages in \(Int(rate.rule.windowSeconds)) s is used up",
                headers: ["Retry-After": "\(rate.resetSeconds)"])
        }
        if let challenge = verified.challenge { return .json(["challenge": .string(challenge)] as JSONValue) }
        do {
            let isNew = try await gateway.hooks.accept(verified)
            gateway.audit.record(entry(request, hook, isNew ? "accepted" : "repeated"))
            return .json(["message": .string(verified.id), "repeated": .bool(!isNew)] as JSONValue, status: .accepted)
        } catch let error as HookError {
            gateway.audit.record(entry(request, hook, error.code))
            throw error
        }
    }

    private func entry(_ request: Request, _ hook: Hook?, _ outcome: String) -> AuditEntry {
        AuditEntry(
            key: hook?.id ?? "", owner: hook?.owner ?? "", method: request.method.rawValue,
            path: "/hooks/" + String(request.identifier.prefix(64)), outcome: outcome, requestID: request.headers["X-Request-Id"])
    }
}
