import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/api/alerts/silences`: for how long nobody is told of what.
struct SilenceRoutes: Sendable {
    let center: AlertCenter
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .get, "/api/alerts/silences",
            authenticator.require(.alertingRead) { _, _ in
                let now = center.clock.wall
                let silences = await center.allSilences.map { $0.document(at: now) }
                let document: JSONValue = ["silences": .array(silences)]
                return .json(document).adding("Cache-Control", "no-store")
            })
        router.on(
            .post, "/api/alerts/silences",
            authenticator.require(.alertingWrite) { request, principal in
                let silence = try await Self.add(request, principal, center)
                return .json(silence.document(at: center.clock.wall), status: .created)
            })
        router.on(
            .delete, "/api/alerts/silences/{id}",
            authenticator.require(.alertingWrite) { request, _ in
                _ = try await center.expire(silence: request.parameters["id"] ?? "")
                return .empty(.noContent)
            })
    }

    /// Adds the silence of a request, in the form that Alertmanager's API has it. `duration` may stand for `endsAt`.
    static func add(_ request: Request, _ principal: Principal, _ center: AlertCenter) async throws -> Silence {
        let body = try await request.object()
        try body.check([
            "id", "matchers", "startsAt", "endsAt", "duration", "createdBy", "comment", "status", "updatedAt", "subject", "owner",
        ])
        guard let listed = body["matchers"]?.arrayValue else {
            throw Problem(status: .unprocessableContent, code: "missing-field", "matchers must be a list", field: "matchers")
        }
        let matchers = try listed.map { item in
            if let text = item.stringValue { return try LabelMatcher(text) }
            let fields = item.objectValue ?? [:]
            return try LabelMatcher(
                name: fields.text("name", required: true) ?? "", value: fields.text("value") ?? "",
                isRegex: fields["isRegex"] == true, isEqual: fields["isEqual"] != false)
        }
        let now = center.clock.wall
        let starts = max(try body.time("startsAt") ?? now, now)
        var ends = try body.time("endsAt")
        if let text = try body.text("duration") {
            guard let span = TimeSpan.parse(text) else {
                throw Problem(
                    status: .unprocessableContent, code: "wrong-type", "duration must be one such as 2h or 7d, of a year at most",
                    field: "duration")
            }
            ends = starts.advanced(by: span)
        }
        let id = try body.text("id").flatMap { $0.isEmpty ? nil : $0 }
        return try await center.add(
            Silence(
                matchers: matchers, starts: starts, ends: ends,
                createdBy: try body.text("createdBy").flatMap { $0.isEmpty ? nil : $0 } ?? principal.shownName,
                by: principal, comment: try body.text("comment") ?? "", now: now), replacing: id)
    }
}
