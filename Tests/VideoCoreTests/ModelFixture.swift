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
        let provider = try ModelProviderServer.start()
        let models = """
            version: 1
            providers:
              openai: {protocol: openai, base_url: "\(provider.url)/v1", key_env: STAND_IN_KEY}
            models:
              - {id: gpt, capabilities: [chat, streaming, json, images], quality: 50, context_window: 100000, \
            maximum_output: 4096, token_family: estimate, deployments: [{provider: openai}]}
              - {id: blind, capabilities: [chat, streaming, json], quality: 50, context_window: 100000, \
            maximum_output: 4096, token_family: estimate, deployments: [{provider: openai}]}
            """
        let pricing = """
            version: 1
            currency: USD
            source: https://example.com/prices
            source_date: 2026-11-21
            prices:
              - {model: gpt, input: 1, output: 10}
              - {model: blind, input: 1, output: 10}
            """
        let gateway = try await TestGateway.start(
            models: models, pricing: pricing, settings: ["model-allowed-hosts": "127.0.0.1"],
            environment: ["STAND_IN_KEY": "sk-provider-secret-1234567890"])
        let folder = try TemporaryFolder("models")
        defer { folder.remove() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(ModelFixture(gateway: gateway, provider: provider, folder: folder)))
        } catch {
            result = .failure(error)
        }
        await gateway.stop()
        await provider.stop()
        try result.get()
    }
}
