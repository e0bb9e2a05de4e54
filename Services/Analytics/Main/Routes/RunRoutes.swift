import AnalyticsAPI
import AnalyticsCore
import Contracts
import HTTP
import HTTPServer
import Primitives

/// `/api/runs`, `/api/runs/{id}`, `/api/pipeline-status`: what ran and what runs.
struct RunRoutes: Sendable {
    /// Scripts with errors that are named.
    private static let mostFailing = 5
    let questions: Questions

    func add(to router: inout Router) {
        router.on(.get, "/api/runs", questions.route(page))
        router.on(.get, "/api/runs/{id}", questions.route(one))
        router.on(.get, "/api/pipeline-status", questions.route(status))
    }

    private func page(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let limit = try request.integer("limit", in: 1...500, default: 50)
        let filter = RunFilter(
            script: request.query["script"], status: try request.choice("status", RunEvent.Status.self),
            period: ["from", "to", "days"].contains { request.query[$0] != nil } ? try request.period() : nil)
        let runs = try queries.runs(filter, before: try request.cursor(), limit: limit)
        var members: [String: JSONValue] = ["runs": .array(runs.map(\.document))]
        if runs.count == limit, let last = runs.last {
            members["next"] = .string(RowCursor(time: last.started.milliseconds, sequence: last.number).text)
        }
        return .object(members)
    }

    private func one(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        guard let run = try queries.run(request.parameters["id"] ?? ""), case .object(var members) = run.document else {
            throw Problem(status: .notFound, code: "run-not-found", "there is no such run")
        }
        members["metrics"] = .array(try queries.rows(ofRun: run.number).map(\.document))
        return .object(members)
    }

    private func status(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let today = Period.days(1, until: .now())
        let running = try queries.runs(RunFilter(status: .running), limit: 100)
        let latest = try queries.runs(RunFilter(), limit: 20)
        func sum(_ type: String) throws -> JSONValue { .number(try queries.total(type, in: today).sum) }
        let failing = try queries.scripts(measuring: MetricType.errors, in: today)
        return [
            "status": .string(running.isEmpty ? "idle" : "running"), "running": .array(running.map(\.document)),
            "latest": .array(latest.map(\.document)),
            "today": [
                "runs": try sum(MetricType.runs), "runs_succeeded": try sum(MetricType.runsSucceeded),
                "jobs": try sum(MetricType.jobs), "jobs_failed": try sum(MetricType.jobsFailed),
                "errors": try sum(MetricType.errors), "scripts_with_errors": JSONValue(failing.count),
                "most_errors": .array(
                    try failing.prefix(Self.mostFailing).map {
                        ["script_name": .string(try queries.scriptName($0.script)), "errors": .number($0.sum)]
                    }),
            ],
        ]
    }
}
