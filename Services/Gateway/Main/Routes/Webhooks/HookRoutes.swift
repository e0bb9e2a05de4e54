import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Identity
import Primitives
import ServiceRuntime

/// `/hooks`: where an owner lets others send messages to, and what came in there.
struct HookRoutes: Sendable {
    let hooks: Hooks
    let audit: AuditLog
    let authenticator: Authenticator

    func add(to router: inout Router) {
        on(.post, "/hooks", &router) { request, principal in
            let body = try await request.decoded(by: Self.creation)
            let made = try await hooks.add(
                name: body.name, event: body.event, scheme: body.scheme, secret: body.secret.isEmpty ? nil : body.secret,
                owner: principal.owner)
            record(request, principal, made.hook.id, "hook-made")
            return response(made, .created).adding("Location", "/hooks/\(made.hook.id)")
        }
        on(.get, "/hooks", &router) { _, principal in
            .json(["hooks": .array(try await hooks.list(of: principal.owner).map(\.document))] as JSONValue)
        }
        on(.get, "/hooks/{id}", &router) { request, principal in
            .json(try await hooks.find(request.identifier, of: principal.owner).document)
        }
        on(.patch, "/hooks/{id}", &router) { request, principal in
            let body = try await request.decoded(by: Self.enabling)
            try await hooks.setEnabled(body.enabled, request.identifier, of: principal.owner)
            record(request, principal, request.identifier, body.enabled ? "hook-enabled" : "hook-disabled")
            return .json(try await hooks.find(request.identifier, of: principal.owner).document)
        }
        on(.delete, "/hooks/{id}", &router) { request, principal in
            try await hooks.remove(request.identifier, of: principal.owner)
            record(request, principal, request.identifier, "hook-ended")
            return .empty(.noContent)
        }
        on(.post, "/hooks/{id}/rotate", &router) { request, principal in
            let body = try await request.decoded(by: Self.rotation)
            let made = try await hooks.rotate(
                request.identifier, of: principal.owner, secret: body.secret.isEmpty ? nil : body.secret,
                overlap: .seconds(body.overlap))
            record(request, principal, request.identifier, "hook-rotated")
            return response(made, .ok)
        }
        on(.get, "/hooks/{id}/deliveries", &router) { request, principal in
            let limit = try request.pageLimit()
            let cursor = try request.query["before"].map { text in
                guard let sequence = Int64(text) else {
                    throw Problem(status: .badRequest, code: "out-of-range", "before must be a sequence number", field: "before")
                }
                return sequence
            }
            let page = try await hooks.deliveries(
                to: request.identifier, of: principal.owner, before: cursor, limit: limit)
            let next = page.count == limit ? page.last?.sequence : nil
            return .json(
                ["deliveries": .array(page.map(\.document)), "next": next.map(JSONValue.integer) ?? .null] as JSONValue)
        }
    }

    private func on(
        _ method: HTTPMethod, _ path: String, _ router: inout Router,
        _ handler: @escaping @Sendable (Request, Principal) async throws -> Response
    ) {
        router.on(method, path, authenticator.require(.webhooksManage, handler))
    }

    /// That somebody may call is in the audit log already; here is which hook they changed, and how.
    private func record(_ request: Request, _ principal: Principal, _ hook: String, _ outcome: String) {
        audit.record(
            AuditEntry(
                key: principal.subject, owner: principal.owner, method: request.method.rawValue, path: "/hooks/\(hook)",
                outcome: outcome, requestID: request.headers["X-Request-Id"]))
    }

    private struct Creation: Sendable {
        var name = ""
        var event = ""
        var scheme = HookScheme.standard
        var secret = ""
    }

    private struct Enabling: Sendable {
        var enabled = true
    }

    private struct Rotation: Sendable {
        var secret = ""
        var overlap = Int(Hooks.overlap.seconds)
    }

    private static let creation = Schema(Creation()) {
        Field.text("name", \.name, maximumLength: 200, required: true, "What people call it.")
        Field.text("event", \.event, maximumLength: 100, required: true, "What its messages are called: orders.paid.")
        Field.choice("scheme", \.scheme, "How the sender signs.")
        Field.secret("secret", \.secret, maximumLength: 512, "As the sender has it; without, one is made.")
    }

    private static let enabling = Schema(Enabling()) {
        Field.flag("enabled", \.enabled, "Whether it takes messages; senders are answered 410 else.")
    }

    private static let rotation = Schema(Rotation()) {
        Field.secret("secret", \.secret, maximumLength: 512, "As the sender has it; without, one is made.")
        Field.integer(
            "overlap_seconds", \.overlap, in: 0...2_592_000, unit: "s", "How long the old secret is good beside the new one.")
    }

    /// Shows the secret, this once.
    private func response(_ made: (hook: Hook, secret: String), _ status: HTTPStatus) -> Response {
        guard case .object(var members) = made.hook.document else { return .empty(.internalServerError) }
        members["secret"] = .string(made.secret)
        return Response.json(.object(members), status: status).withheld()
    }
}
