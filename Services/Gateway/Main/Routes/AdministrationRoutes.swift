import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/limits` and `/audit`, for administrators.
struct AdministrationRoutes: Sendable {
    private static let piece = 500
    private static let columns = [
        "sequence", "time", "key", "owner", "method", "path", "outcome", "request_id", "model", "decision", "cost",
    ]
    let gateway: Gateway
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(.get, "/limits", authenticator.require(.admin) { _, _ in try .json(gateway.limiter.limits) })
        router.on(
            .put, "/limits",
            authenticator.require(.admin) { request, _ in
                let limits = try JSON.decode(RateLimits.self, from: try await request.body.collect(upTo: .kib(256)))
                try await gateway.limiter.set(limits)
                return try .json(gateway.limiter.limits)
            })
        router.on(
            .get, "/audit",
            authenticator.require(.admin) { request, _ in
                let limit = try request.pageLimit()
                let entries = try await gateway.audit.page(before: request.query["before"].flatMap(Int64.init), limit: limit)
                return try .json(AuditPage(entries: entries, next: entries.count == limit ? entries.last?.sequence : nil))
            })
        router.on(
            .get, "/audit/export.csv",
            authenticator.require(.admin) { _, _ in
                .csv("audit", header: Self.columns, from: Int64.max) { last in
                    let entries = try await gateway.audit.page(before: last, limit: Self.piece)
                    return (
                        CSV.lines(try entries.map(JSONValue.init(encoding:)), columns: Self.columns),
                        entries.count == Self.piece ? entries.last?.sequence : nil
                    )
                }
            })
    }

    private struct AuditPage: Encodable {
        let entries: [AuditEntry]
        /// The `before` of the next page.
        let next: Int64?
    }
}
