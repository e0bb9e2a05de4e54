import Blobs
import FoundationEssentials
import GatewayCore
import HTTP
import HTTPServer
import Identity
import ModelGateway
import Persistence
import Primitives
import ServiceRuntime
import TestSupport
import Testing

@testable import avstudio_gateway

/// The published document against the router that answers.
@Suite struct DocumentedRouteTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    /// What clients have no use for: nginx's question, and a part of the upload protocol that every path answers.
    private static let hidden: Set = ["GET /internal/authorize", "OPTIONS /files/uploads"]

    private func routes() async throws -> Set<String> {
        let folder = try TemporaryFolder("avstudio-routes")
        let database = try await Database.open(folder.appending("gateway.sqlite"), migrations: Gateway.migrations)
        let usage = try await Database.open(folder.appending("usage.sqlite"), migrations: ModelService.migrations)
        let blobs = try LocalBlobStore(root: folder.appending("blobs"), quota: nil, minimumFree: .bytes(0))
        let gateway = try await Gateway(
            database, blobs: blobs, limits: FileLimits(), uploadFolder: folder.appending("uploads"),
            identity: IdentitySettings(secrets: try #require(DerivedSecrets(master: Bytes(repeating: 7, count: 32)))))
        let files = Self.root + "/deploy/models-llm/"
        let models = try await ModelService(
            usage,
            settings: ModelSettings(
                modelsFile: files + "models.yaml", pricingFile: files + "pricing.yaml", vocabularies: folder.path),
            environment: [:], alert: { _, _ in }, report: { _ in })
        var router = Router()
        let token = PrincipalToken(key: Bytes(repeating: 7, count: 32))
        GatewayRoutes(gateway: gateway, models: models, token: token, usesAccelRedirect: false).add(to: &router)
        await database.close()
        await usage.close()
        return Set(router.routes.map { "\($0.method.rawValue) \($0.pattern.replacing("...}", with: "}"))" })
    }

    @Test func theDocumentHasEveryRouteOfTheGatewayAndNoOther() async throws {
        let own: Set = [
            "keys", "files", "limits", "audit", "v1", "llm", "gateway", "auth", "me", "organisations", "users", "invitations",
            "webhooks", "hooks",
        ]
        let documented = try documentedRoutes { path, _ in
            !path.hasPrefix("/v1/audio/") && own.contains(String(path.split(separator: "/").first ?? ""))
        }
        let routes = try await routes().subtracting(Self.hidden)
        #expect(routes.subtracting(documented) == [], "not in the document")
        #expect(documented.subtracting(routes) == [], "not answered")
    }

    @Test func theEventsOfTheGatewayAreDocumented() throws {
        let document = try JSONValue(parsing: Bytes(try Data(contentsOf: URL(filePath: Self.root + "/contracts/asyncapi.json"))))
        let addresses = try #require(document["channels"]?.objectValue).values.compactMap { $0["address"]?.stringValue }
        #expect(
            Set(addresses).isSuperset(of: [
                "avstudio.metric", "avstudio.event.gateway.budget-threshold", "avstudio.hook.{hook}.{event}",
            ]))
    }
}
