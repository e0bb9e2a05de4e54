import Contracts
import GatewayCore
import HTTP
import HTTPServer
import ModelGateway
import ModelProtocols
import ModelRouting
import Primitives

/// What calls cost and why they go where they go: `/gateway/route`, `/gateway/analyze-tokens`, `/gateway/cost`,
/// `/gateway/decisions`, `/gateway/budgets`.
struct ModelAccountRoutes: Sendable {
    let doors: ModelDoorRoutes
    let models: ModelService

    func add(to router: inout Router) {
        doors.on(.post, "/gateway/route", .plain, &router) { body, _, caller in
            .json(try await models.decide(try DoorRequest(body, door: .plain), for: caller).json)
        }
        doors.on(.post, "/gateway/analyze-tokens", .plain, &router) { body, _, caller in
            .json(try await models.analyze(body, for: caller))
        }
        doors.on(.get, "/gateway/cost", .plain, &router) { _, request, caller in
            try await cost(request, caller)
        }
        doors.on(.get, "/gateway/decisions/{id}", .plain, &router) { _, request, caller in
            let key = caller.isAdministrator ? nil : caller.key
            guard let decision = try await models.decision(request.identifier, key: key) else {
                throw CallRefused(
                    DoorFailure(.notFound, code: "decision-not-found", message: "your key has made no call with this decision"))
            }
            return .json(decision)
        }
        doors.on(.get, "/gateway/budgets", .plain, &router) { _, _, caller in
            let statuses = try await models.budgets.statuses(
                for: BudgetCaller(key: caller.key, user: caller.user, organisation: caller.organisation))
            let all = caller.isAdministrator ? models.budgets.budgets.map(\.json) : []
            return .json(["accounts": .array(statuses.map(\.json)), "budgets": .array(all)] as JSONValue)
        }
        doors.on(.put, "/gateway/budgets/{id}", .plain, &router) { body, request, _ in
            let budget = try BudgetDocument.read(body, id: request.identifier)
            try await models.budgets.put(budget)
            return .json(budget.json)
        }
        doors.on(.delete, "/gateway/budgets/{id}", .plain, &router) { _, request, _ in
            try await models.budgets.remove(request.identifier)
            return .empty(.noContent)
        }
    }

    /// `?by=` key, user, organisation, model, provider, session or day; `from` and `through` as 2026-11-21; `model`, `session`,
    /// `key` and `user`, and for administrators `organisation`. Members and keys of an organisation see what it spent, others what
    /// their own user spent.
    private func cost(_ request: Request, _ caller: ModelCaller) async throws -> Response {
        let query = request.query
        var filter = CostFilter()
        (filter.from, filter.through) = (try Self.day(query["from"], "from"), try Self.day(query["through"], "through"))
        (filter.model, filter.session, filter.key) = (query["model"], query["session"], query["key"])
        if caller.isAdministrator || caller.organisation != nil {
            filter.user = query["user"]
            filter.organisation = caller.isAdministrator ? query["organisation"] : caller.organisation
        } else {
            filter.user = caller.user
        }
        let name = query["by"] ?? "day"
        guard let grouping = CostSummary.Grouping(rawValue: name) else {
            let names = CostSummary.Grouping.allCases.map(\.rawValue).joined(separator: ", ")
            throw ModelRequestError(.outOfRange, field: "by", "by must be one of: \(names)")
        }
        let (groups, total) = try await models.ledger.report(by: grouping, filter)
        return .json(["by": .string(name), "total": total.json, "groups": .array(groups.map(\.json))] as JSONValue)
    }

    private static func day(_ text: String?, _ field: String) throws(ModelRequestError) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(iso8601: text.count == 10 ? text + "T00:00:00Z" : text) else {
            throw ModelRequestError(.outOfRange, field: field, "\(field) must be a day like 2026-11-21")
        }
        return time
    }
}
