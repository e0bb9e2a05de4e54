import AnalyticsAPI
import AnalyticsCore
import HTTP
import HTTPServer
import Primitives

/// `/api/costs` and `/api/api-usage`: what models were called for and what that cost.
struct CostRoutes: Sendable {
    enum Grouping: String, CaseIterable {
        case call, video, channel, organisation, model, provider, key, user, script
    }

    private static let most = 200
    let questions: Questions

    func add(to router: inout Router) {
        router.on(.get, "/api/costs", questions.route(costs))
        router.on(.get, "/api/api-usage", questions.route(usage))
    }

    private func costs(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let period = try request.days()
        let grouping = try request.choice("by", Grouping.self) ?? .model
        let projection = try queries.costProjection(now: .now())
        var members: [String: JSONValue] = [
            "from": .string(period.from.iso8601), "to": .string(period.to.iso8601), "currency": "USD",
            "by": .string(grouping.rawValue), "total": try queries.total(MetricType.cost, in: period).document,
            "calls": .number(try queries.total(MetricType.llmCalls, in: period).sum),
            "saved": .number(try queries.total(MetricType.saved, in: period).sum),
            "month": [
                "from": .string(projection.month.from.iso8601), "to": .string(projection.month.to.iso8601),
                "spent": .number(projection.spent), "projected": JSONValue(projection.projected),
                "days": JSONValue(projection.days),
                "method": .string(CostProjection.method),
            ],
        ]
        switch grouping {
        case .call:
            let limit = try request.integer("limit", in: 1...1000, default: 100)
            return RowPage.document(
                try queries.rows(types: [MetricType.cost], in: period, before: try request.cursor(), limit: limit), limit: limit,
                members)
        case .script:
            members["groups"] = .array(try queries.costsByScript(in: period, limit: Self.most).map(Self.group))
        default:
            guard let dimension = Dimension(name: grouping.rawValue) else { break }
            members["groups"] = .array(try queries.costs(by: dimension, in: period, limit: Self.most).map(Self.group))
        }
        return .object(members)
    }

    private static func group(_ group: CostGroup) -> JSONValue {
        [
            "name": .string(group.name), "calls": .number(group.calls), "count": .integer(group.cost.count),
            "cost": .number(group.cost.sum),
        ]
    }

    private func usage(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let period = try request.days()
        let types = [
            MetricType.llmCalls, MetricType.llmFailed, MetricType.inputTokens, MetricType.outputTokens, MetricType.cachedTokens,
            MetricType.cost, MetricType.llmSeconds,
        ]
        func group(_ dimension: Dimension) throws -> JSONValue {
            var groups: [String: [String: JSONValue]] = [:]
            for type in types {
                for (value, sum) in try queries.breakdown(dimension, type: type, in: period, limit: Self.most) {
                    groups[value, default: [:]][type] = .number(sum.sum)
                }
            }
            return .object(groups.mapValues(JSONValue.object))
        }
        var totals: [String: JSONValue] = [:]
        for type in types { totals[type] = .number(try queries.total(type, in: period).sum) }
        return [
            "from": .string(period.from.iso8601), "to": .string(period.to.iso8601), "totals": .object(totals),
            "models": try group(.model), "providers": try group(.provider), "keys": try group(.key),
        ]
    }
}
