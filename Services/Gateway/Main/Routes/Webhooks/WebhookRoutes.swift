import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Identity
import Primitives
import ServiceRuntime

/// `/webhooks`: where an owner wants to hear of what happens, and what was sent there.
struct WebhookRoutes: Sendable {
    let webhooks: Webhooks
    let authenticator: Authenticator

    func add(to router: inout Router) {
        on(.post, "/webhooks", &router) { request, owner in
            var members = try await request.members()
            let types = try members.takeTexts("types") ?? []
            let body = try Self.creation.decode(.object(members))
            let made = try await webhooks.add(url: body.url, types: types, owner: owner)
            return response(made, secret: webhooks.secrets(of: made).first, .created)
                .adding("Location", "/webhooks/\(made.id)")
        }
        on(.get, "/webhooks", &router) { _, owner in
            .json(["webhooks": .array(try await webhooks.list(of: owner).map(\.document))] as JSONValue)
        }
        on(.get, "/webhooks/{id}", &router) { request, owner in
            .json(try await webhooks.find(request.identifier, of: owner).document)
        }
        on(.patch, "/webhooks/{id}", &router) { request, owner in
            let body = try await request.decoded(by: Self.enabling)
            try await webhooks.setEnabled(body.enabled, request.identifier, of: owner)
            return .json(try await webhooks.find(request.identifier, of: owner).document)
        }
        on(.delete, "/webhooks/{id}", &router) { request, owner in
            try await webhooks.remove(request.identifier, of: owner)
            return .empty(.noContent)
        }
        on(.post, "/webhooks/{id}/rotate", &router) { request, owner in
            let body = try await request.decoded(by: Self.rotation)
            let secret = try await webhooks.rotate(request.identifier, of: owner, overlap: .seconds(body.overlap))
            return response(try await webhooks.find(request.identifier, of: owner), secret: secret, .ok)
        }
        on(.post, "/webhooks/{id}/test", &router) { request, owner in
            let message = try await webhooks.test(request.identifier, of: owner)
            return .json(["message": .string(message)] as JSONValue, status: .accepted)
        }
        addDeliveries(to: &router)
    }

    private func addDeliveries(to router: inout Router) {
        on(.get, "/webhooks/{id}/deliveries", &router) { request, owner in
            let limit = try request.pageLimit()
            let state = try request.query["state"].map { text in
                guard let state = WebhookDelivery.State(rawValue: text) else {
                    throw Problem(
                        status: .badRequest, code: "out-of-range", "state must be waiting, delivered or failed", field: "state")
                }
                return state
            }
            let page = try await webhooks.deliveries(
                to: request.identifier, of: owner, state: state, before: request.query["before"], limit: limit)
            let next = page.count == limit ? page.last?.message : nil
            return .json(["deliveries": .array(page.map(\.document)), "next": JSONValue(next)] as JSONValue)
        }
        on(.get, "/webhooks/{id}/deliveries/{message}", &router) { request, owner in
            let attempts = try await webhooks.attempts(of: request.message, to: request.identifier, of: owner)
            return .json(["attempts": .array(attempts.map(\.document))] as JSONValue)
        }
        on(.post, "/webhooks/{id}/deliveries/{message}/replay", &router) { request, owner in
            try await webhooks.replay(request.message, to: request.identifier, of: owner)
            return .empty(.accepted)
        }
        on(.post, "/webhooks/{id}/replay", &router) { request, owner in
            let body = try await request.decoded(by: Self.replaying)
            guard let time = Timestamp(iso8601: body.since) else {
                throw Problem(
                    status: .unprocessableContent, code: "wrong-type", "since must be a time like 2027-01-01T00:00:00Z",
                    field: "since")
            }
            let count = try await webhooks.replayFailed(since: time, to: request.identifier, of: owner)
            return .json(["count": JSONValue(count)] as JSONValue, status: .accepted)
        }
    }

    private func on(
        _ method: HTTPMethod, _ path: String, _ router: inout Router,
        _ handler: @escaping @Sendable (Request, _ owner: String) async throws -> Response
    ) {
        router.on(
            method, path,
            authenticator.require(.webhooksManage) { request, principal in try await handler(request, principal.owner) })
    }

    private struct Creation: Sendable {
        var url = ""
    }

    private struct Enabling: Sendable {
        var enabled = true
    }

    private struct Rotation: Sendable {
        var overlap = Int(Webhooks.overlap.seconds)
    }

    private struct Replaying: Sendable {
        var since = ""
    }

    private static let creation = Schema(Creation()) {
        Field.text("url", \.url, maximumLength: 2048, required: true, "Where events are sent.")
    }

    private static let enabling = Schema(Enabling()) {
        Field.flag("enabled", \.enabled, "Whether events are sent; what waited is sent when it begins again.")
    }

    private static let rotation = Schema(Rotation()) {
        Field.integer(
            "overlap_seconds", \.overlap, in: 0...2_592_000, unit: "s", "How long the old secret signs beside the new one.")
    }

    private static let replaying = Schema(Replaying()) {
        Field.text(
            "since", \.since, maximumLength: 40, required: true, "Failed messages of since then are sent again, with all that wait."
        )
    }

    /// Shows the secret, this once.
    private func response(_ endpoint: WebhookEndpoint, secret: WebhookSecret?, _ status: HTTPStatus) -> Response {
        guard case .object(var members) = endpoint.document else { return .empty(.internalServerError) }
        members["secret"] = JSONValue(secret?.text)
        return Response.json(.object(members), status: status).withheld()
    }
}

extension Request {
    fileprivate var message: String { parameters["message"] ?? "" }
}
