import HTTP
import HTTPServer
import ModelGateway
import ModelProtocols
import ModelRouting
import Primitives

/// `/v1/models`, in the form of whose SDK asks, and `/llm/models`, with everything to choose by.
struct ModelListRoutes: Sendable {
    let doors: ModelDoorRoutes
    let models: ModelService

    func add(to router: inout Router) {
        doors.on(.get, "/v1/models", .openAIChat, &router) { _, request, caller in
            let listings = usable(caller).map(\.listing)
            return .json(bytes: Self.isAnthropic(request) ? ModelListDoor.anthropic(listings) : ModelListDoor.openAI(listings))
        }
        doors.on(.get, "/v1/models/{id...}", .openAIChat, &router) { _, request, caller in
            let id = request.identifier
            guard let model = models.registry.model(named: id), usable(caller).contains(where: { $0.id == model.id }) else {
                throw CallRefused(
                    DoorFailure(.notFound, code: "model_not_found", message: "there is no model \(id.prefix(100))", field: "model"))
            }
            guard Self.isAnthropic(request) else { return .json(bytes: ModelListDoor.openAI(model.listing)) }
            let list = try JSONValue(parsing: ModelListDoor.anthropic([model.listing]))
            return .json(list["data"]?[0] ?? .null)
        }
        doors.on(.get, "/llm/models", .plain, &router) { _, _, caller in
            let list = models.registry.models.filter { caller.allowed?.allows($0) ?? true }.map { model -> JSONValue in
                guard case .object(var members) = model.json(at: .now()) else { return .null }
                members["available"] = .bool(models.isAvailable(model))
                return .object(members)
            }
            return .json(["models": .array(list)] as JSONValue)
        }
    }

    private func usable(_ caller: ModelCaller) -> [Model] {
        models.registry.models.filter { models.isAvailable($0) && (caller.allowed?.allows($0) ?? true) }
    }

    /// Anthropic's SDKs send the version of their protocol with every request.
    private static func isAnthropic(_ request: Request) -> Bool { request.headers["anthropic-version"] != nil }
}

extension Model {
    fileprivate var listing: ModelListing {
        var listing = ModelListing(id: id, owner: deployments[0].provider)
        (listing.inputLimit, listing.outputLimit) = (contextWindow, maximumOutput)
        return listing
    }
}
