import AnalyticsAPI
import AnalyticsCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `POST /api/metrics` and `POST /api/runs`: one event or an array of up to 500, recorded together or not at all.
struct CollectorRoutes: Sendable {
    private static let limit = ByteSize.kib(512)
    let collector: Collector
    let authenticator: Authenticator
    /// Whether anything is recorded.
    let isEnabled: Bool
    private let reader = EventReader()

    init(collector: Collector, authenticator: Authenticator, isEnabled: Bool) {
        (self.collector, self.authenticator, self.isEnabled) = (collector, authenticator, isEnabled)
    }

    func add(to router: inout Router) {
        router.on(
            .post, "/api/metrics", limits: .atMost(Self.limit),
            authenticator.require(.analyticsWrite) { request, principal in
                try await record(request, principal) { reader.metrics(in: $0, from: $1, now: .now()) }
            })
        router.on(
            .post, "/api/runs", limits: .atMost(Self.limit),
            authenticator.require(.analyticsWrite) { request, principal in
                try await record(request, principal) { reader.runs(in: $0, from: $1, now: .now()) }
            })
    }

    private func record(
        _ request: Request, _ principal: Principal, _ read: (Bytes, EventReader.Sender) -> [Result<Event, EventProblem>]
    ) async throws -> Response {
        let type = request.headers["Content-Type"]?.prefix { $0 != ";" }.lowercased()
        guard type == "application/json" else {
            throw Problem(status: .unsupportedMediaType, code: "json-expected", "the body must be application/json")
        }
        let bytes = try await request.body.collect(upTo: Self.limit)
        guard isEnabled else { return Self.answer(Receipt()) }
        let sender = EventReader.Sender.caller(owner: principal.owner, mayNameOwners: principal.isAdministrator)
        var delivery = Delivery(read(bytes, sender))
        if let problem = delivery.problems.first {
            _ = try await collector.record(Delivery(events: [], problems: delivery.problems))
            throw Problem(
                status: problem.code == "invalid-json" ? .badRequest : .unprocessableContent, code: problem.code, problem.message,
                field: problem.field.isEmpty ? nil : problem.field)
        }
        delivery.isUntold = true
        delivery.id = try request.idempotencyKey().map { principal.owner + "\n" + $0 }
        return Self.answer(try await collector.record(delivery))
    }

    private static func answer(_ receipt: Receipt) -> Response {
        let document: JSONValue = [
            "accepted": JSONValue(receipt.accepted), "duplicates": JSONValue(receipt.duplicates),
            "folded": JSONValue(receipt.folded),
        ]
        return .json(document)
    }
}
