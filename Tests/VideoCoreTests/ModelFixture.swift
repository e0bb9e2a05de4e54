import Contracts
import Foundation
import HTTP
import Jobs
import Primitives
import ServiceRuntime
import TestSupport
import Testing
import VideoCore

/// The real gateway, before a stand-in for the providers of models.
struct ModelFixture {
    let gateway: TestGateway
    let provider: ModelProviderServer
    let folder: TemporaryFolder

    /// Makes a key, as the gateway's administrator does.
    func key(_ scope: String) async throws -> (text: JSONValue, id: String) {
        let principal = Principal(
            subject: "key_owner", owner: "owner", tier: "owner", scopes: [.admin], expires: .now().advanced(by: .seconds(60)))
        let token = try PrincipalToken(key: Bytes(Data(contentsOf: URL(filePath: gateway.folder.appending("identity.key")))))
            .sign(principal)
        let made = try await gateway.json(
            .post, "/keys", ["name": "caller", "owner": "ann", "scopes": [.string(scope)]],
            headers: [PrincipalToken.header: token])
        return (
            try #require(made.document["key"], "\(made.document)"), try #require(made.document["id"]?.stringValue)
        )
    }

    /// Two models: `gpt`, which sees, and `blind`.
    static func with(_ body: (ModelFixture) async throws -> Void) async throws {
        let folder = try TemporaryFolder("models")
        defer { folder.remove() }
        try await TestGateway.with(models: StandInModels.seeing, pricing: StandInModels.seeingPricing) { gateway, provider in
            try await body(ModelFixture(gateway: gateway, provider: provider, folder: folder))
        }
    }
}
