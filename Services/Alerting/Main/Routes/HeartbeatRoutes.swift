import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/api/heartbeats/{name}`: pipelines that say again and again that they live.
struct HeartbeatRoutes: Sendable {
    let center: AlertCenter
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .get, "/api/heartbeats",
            authenticator.require(.alertingRead) { _, _ in
                .json(.object(["heartbeats": try JSONValue(encoding: await center.allHeartbeats)]))
            })
        router.on(
            .put, "/api/heartbeats/{name}",
            authenticator.require(.alertingWrite) { request, _ in
                let body = try await request.object()
                try body.check(["period", "grace", "severity"])
                let period = try span(body, "period", .seconds(1) ... .hours(24 * 62))
                let grace = body["grace"] == nil ? period : try span(body, "grace", .zero ... .hours(24 * 62))
                let severity = try body.text("severity").map { String($0.prefix(32)) } ?? "critical"
                return try .json(
                    await center.set(
                        Heartbeat(name: name(request), period: period.seconds, grace: grace.seconds, severity: severity)))
            })
        router.on(
            .post, "/api/heartbeats/{name}",
            authenticator.require(.alertingBeat) { request, _ in try .json(await center.beat(name(request))) })
        router.on(
            .delete, "/api/heartbeats/{name}",
            authenticator.require(.alertingWrite) { request, _ in
                try await center.remove(heartbeat: name(request))
                return .empty(.noContent)
            })
    }

    /// Seconds, or a text such as `5m`.
    private func span(_ body: [String: JSONValue], _ name: String, _ range: ClosedRange<Duration>) throws -> Duration {
        let value = body[name]
        let span =
            value?.doubleValue.flatMap { $0.isFinite && abs($0) < 1e9 ? Duration.seconds($0) : nil }
            ?? value?.stringValue.flatMap(TimeSpan.parse)
        guard let span, range.contains(span) else {
            throw Problem(
                status: .unprocessableContent, code: "out-of-range",
                "\(name) must be seconds or a text such as 5m, from \(TimeSpan.text(range.lowerBound)) to \(TimeSpan.text(range.upperBound))",
                field: name)
        }
        return span
    }

    private func name(_ request: Request) throws -> String {
        let name = request.parameters["name"] ?? ""
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Problem(
                status: .unprocessableContent, code: "invalid-name", "a heartbeat's name has 1 to 128 bytes", field: "name")
        }
        return name
    }
}
