import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/api/alerts`: what is wrong now, live, and who cares for it.
struct AlertRoutes: Sendable {
    /// As many as a list that is limited holds at most.
    private static let most = 1000
    let center: AlertCenter
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .get, "/api/alerts",
            authenticator.require(.alertingRead) { request, _ in
                let (alerts, total, counts) = try await list(request)
                let document: JSONValue = [
                    "alerts": .array(alerts.map(\.document)), "total": JSONValue(total),
                    "counts": .object(
                        Dictionary(
                            uniqueKeysWithValues: AlertStatus.Standing.allCases.map {
                                ($0.rawValue, JSONValue(counts[$0] ?? 0))
                            })),
                ]
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

    /// All alerts, the latest first, or the worst of those that somebody asks a few of.
    private func list(
        _ request: Request
    ) async throws -> (alerts: [AlertStatus], total: Int, counts: [AlertStatus.Standing: Int]) {
        let (states, matchers) = (try states(request), try request.matchers())
        let isUnhandled = try request.query["unhandled"].map { text in
            guard let flag = Bool(text) else { throw Self.outOfRange("unhandled", "true or false") }
            return flag
        }
        let limit = try request.query["limit"].map { text in
            guard let limit = Int(text), (1...Self.most).contains(limit) else {
                throw Self.outOfRange("limit", "between 1 and \(Self.most)")
            }
            return limit
        }
        if isUnhandled == nil && limit == nil {
            let alerts = await center.statuses(states, matchers: matchers)
            return (alerts, alerts.count, Dictionary(grouping: alerts, by: \.standing).mapValues(\.count))
        }
        return await center.worst(states, matchers: matchers, isUnhandled: isUnhandled ?? false, limit: limit ?? Self.most)
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
                    throw Self.outOfRange("state", "firing, pending, resolved or all")
                }
                return state
            })
    }

    private static func outOfRange(_ field: String, _ values: String) -> Problem {
        Problem(status: .badRequest, code: "out-of-range", "\(field) must be \(values)", field: field)
    }
}
