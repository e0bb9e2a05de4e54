import AnalyticsAPI
import AnalyticsCore
import HTTP
import HTTPServer
import Primitives

/// `/api/kpis`, `/api/anomalies`, `/api/quality`: key figures, what is unusual and what is wrong.
struct IndicatorRoutes: Sendable {
    /// Scripts of a figure that are listed.
    private static let mostScripts = 200
    let questions: Questions

    func add(to router: inout Router) {
        router.on(.get, "/api/kpis", questions.route(indicators))
        router.on(.get, "/api/kpis/{name}/rows", questions.route(rows))
        router.on(.get, "/api/kpis/{name}/scripts", questions.route(scripts))
        router.on(.get, "/api/anomalies", questions.route(anomalies))
        router.on(.get, "/api/quality", questions.route(quality))
    }

    private func indicators(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let (period, now) = (try request.days(default: 7), Timestamp.now())
        let documents = try Indicator.all.map { indicator -> JSONValue in
            let value = try queries.value(of: indicator, in: period)
            let before = try queries.value(of: indicator, before: period, now: now)
            let change: Double? = if let value, let before, before != 0 { (value - before) / abs(before) } else { nil }
            return [
                "name": .string(indicator.name), "title": .string(indicator.title), "unit": .string(indicator.unit),
                "formula": .string(indicator.formula.text), "value": JSONValue(value), "before": JSONValue(before),
                "change": JSONValue(change),
            ]
        }
        return [
            "from": .string(period.from.iso8601), "to": .string(period.to.iso8601), "kpis": .array(documents),
        ]
    }

    private func rows(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let indicator = try indicator(request)
        let limit = try request.integer("limit", in: 1...1000, default: 100)
        let period = try request.period(default: 7)
        let rows = try queries.rows(
            types: indicator.formula.types, script: request.query["script"], of: try queries.scripts(of: indicator, in: period),
            in: period, before: try request.cursor(), limit: limit)
        return RowPage.document(rows, limit: limit, ["formula": .string(indicator.formula.text)])
    }

    private func scripts(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let (indicator, period) = (try indicator(request), try request.days(default: 7))
        let values = try queries.values(of: indicator, in: period)
        return [
            "title": .string(indicator.title), "unit": .string(indicator.unit), "formula": .string(indicator.formula.text),
            "value": JSONValue(try queries.value(of: indicator, in: period)), "total": JSONValue(values.count),
            "scripts": .array(
                values.prefix(Self.mostScripts).map { ["script_name": .string($0.script), "value": .number($0.value)] }),
        ]
    }

    private func indicator(_ request: Request) throws -> Indicator {
        guard let indicator = Indicator.named(request.parameters["name"] ?? "") else {
            throw Problem(status: .notFound, code: "kpi-not-found", "there is no such key figure; GET /api/kpis lists them")
        }
        return indicator
    }

    private func anomalies(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let now = Timestamp.now()
        let types = request.query["type"].map { [$0] } ?? Self.watched
        let found = try types.flatMap { type in
            try queries.anomalies(type: type, script: request.query["script"], now: now).map { day, finding -> JSONValue in
                [
                    "metric_type": .string(type), "date": .string(String(day.iso8601.prefix(10))), "value": .number(finding.value),
                    "expected": .number(finding.expected), "score": .number(finding.score),
                ]
            }
        }
        return [
            "threshold": .number(AnomalyDetector.threshold),
            "method": "modified z-score (Iglewicz and Hoaglin, 1993) of daily sums less the median of their weekday",
            "anomalies": .array(found),
        ]
    }

    /// What is looked at when no type is named.
    private static let watched = [
        MetricType.jobs, MetricType.errors, MetricType.runs, MetricType.llmCalls, MetricType.cost, MetricType.processingSeconds,
    ]

    private func quality(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let report = try queries.quality(in: try request.days(default: 7))
        return [
            "gaps": .array(
                report.gaps.map {
                    ["script_name": .string($0.script), "from": .string($0.from.iso8601), "to": .string($0.to.iso8601)]
                }),
            "duplicates": .array(
                report.repeats.map {
                    [
                        "script_name": .string($0.script), "metric_type": .string($0.type), "timestamp": .string($0.time.iso8601),
                        "count": .integer($0.count),
                    ]
                }),
            "impossible": .array(
                report.impossible.map {
                    [
                        "script_name": .string($0.script), "metric_type": .string($0.type),
                        "date": .string(String($0.day.iso8601.prefix(10))), "lowest": .number($0.lowest),
                    ]
                }),
            "refused": .array(
                report.refusals.map {
                    [
                        "date": .string(String($0.day.iso8601.prefix(10))), "code": .string($0.code), "count": .integer($0.count),
                        "example": .string($0.example),
                    ]
                }),
            "tallies": .object(report.tallies.mapValues(JSONValue.integer)),
        ]
    }
}
