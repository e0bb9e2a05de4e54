import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/api/alerts`: what is wrong now, live, and who cares for it.
struct AlertRoutes: Sendable {
    let center: AlertCenter
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .get, "/api/alerts",
            authenticator.require(.alertingRead) { request, _ in
                let alerts = await center.statuses(try states(request), matchers: try request.matchers())
                let document: JSONValue = ["alerts": .array(alerts.map(\.document))]
                return .json(document).adding("Cache-Control", "no-store")
            })
        router.on(
            .get, "/api/alerts/events",
            authenticator.require(.alertingRead) { _, principal in
                .events(for: principal) { writer in
                    func send(_ status: AlertStatus) async throws {
                        try await writer.send(event: "alert", String(decoding: status.document.serialized(), as: UTF8.self))
                    }
                    try await center.watchers.follow {
                        for status in await center.statuses([.firing, .pending]).reversed() { try await send(status) }
                        try await writer.send(event: "ready", "{}")
                    } _: { alert in
                        try await send(await center.status(alert.fingerprint) ?? AlertStatus(gone: alert))
                    }
                }
            })
        router.on(
            .get, "/api/alerts/{fingerprint}",
            authenticator.require(.alertingRead) { request, _ in
                let fingerprint = request.parameters["fingerprint"] ?? ""
                guard let status = await center.status(fingerprint) else { throw AlertingError.alertNotFound(fingerprint) }
                return .json(status.document)
            })
        router.on(
            .post, "/api/alerts/{fingerprint}/acknowledge",
            authenticator.require(.alertingWrite) { request, principal in
                let body = try await request.object()
                try body.check(["note", "by"])
                let note = try body.text("note").map { String($0.prefix(500)) }
                return try await acknowledge(
                    request, principal, by: try body.text("by").map { String($0.prefix(128)) } ?? principal.shownName, note)
            })
        router.on(
            .delete, "/api/alerts/{fingerprint}/acknowledge",
            authenticator.require(.alertingWrite) { request, principal in
                try await acknowledge(request, principal, by: nil, nil)
            })
    }

    private func acknowledge(_ request: Request, _ principal: Principal, by: String?, _ note: String?) async throws -> Response {
        let fingerprint = request.parameters["fingerprint"] ?? ""
        _ = try await center.acknowledge(fingerprint, by: by, principal: principal, note: note)
        return .json(await center.status(fingerprint)?.document ?? .null)
    }

    private func states(_ request: Request) throws -> Set<Alert.State> {
        guard let text = request.query["state"] else { return [.firing, .pending] }
        if text == "all" { return Set(Alert.State.allCases) }
        return Set(
            try text.split(separator: ",").map { word in
                guard let state = Alert.State(rawValue: String(word)) else {
                    throw Problem(
                        status: .badRequest, code: "out-of-range", "state must be firing, pending, resolved or all", field: "state")
                }
                return state
            })
    }
}
