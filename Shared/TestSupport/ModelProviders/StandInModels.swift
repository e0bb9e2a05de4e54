/// What a gateway is given whose providers a `ModelProviderServer` stands for: registries of models and their prices.
package enum StandInModels {
    /// The providers' key.
    package static let secret = "sk-provider-secret-1234567890"
    /// Where the registries look for it.
    package static let environment = ["STAND_IN_KEY": secret]

    /// Two models: `gpt`, which sees, and `blind`; the contents of `models.yaml`.
    /// - Parameter url: of the providers.
    package static func seeing(_ url: String) -> String {
        """
        version: 1
        providers:
        \(openAI("openai", url))
        models:
        \(model("gpt", "openai", "chat, streaming, json, images"))
        \(model("blind", "openai", "chat, streaming, json"))
        """
    }
    /// The prices of `seeing`.
    package static let seeingPricing = pricing("{model: gpt, input: 1, output: 10}", "{model: blind, input: 1, output: 10}")

    /// A line of `models.yaml`: a provider with OpenAI's interface.
    package static func openAI(_ id: String, _ url: String) -> String {
        "  \(id): {protocol: openai, base_url: \"\(url)/v1\", key_env: STAND_IN_KEY}"
    }

    /// A line of `models.yaml`: a model.
    package static func model(
        _ id: String, _ provider: String, _ capabilities: String, window: Int = 100_000, fallbacks: String = "[]"
    ) -> String {
        "  - {id: \(id), capabilities: [\(capabilities)], quality: 50, context_window: \(window), maximum_output: 4096, "
            + "token_family: estimate, deployments: [{provider: \(provider)}], fallbacks: \(fallbacks)}"
    }

    /// The contents of `pricing.yaml`.
    package static func pricing(_ prices: String...) -> String {
        """
        version: 1
        currency: USD
        source: https://example.com/prices
        source_date: 2026-11-21
        prices:

        """ + prices.map { "  - \($0)" }.joined(separator: "\n")
    }
}

extension TestGateway {
    /// Runs a test with a gateway before the stand-in of every provider.
    /// - Parameters:
    ///   - models: contents of `models.yaml` for the address of the providers.
    ///   - pricing: contents of `pricing.yaml`.
    ///   - settings: configuration keys of the gateway.
    package static func with(
        models: (String) -> String, pricing: String, settings: [String: String] = [:], environment: [String: String] = [:],
        _ body: (TestGateway, ModelProviderServer) async throws -> Void
    ) async throws {
        let provider = try ModelProviderServer.start()
        let result: Result<Void, any Error>
        do {
            let gateway = try await start(
                models: models(provider.url), pricing: pricing,
                settings: ["model-allowed-hosts": "127.0.0.1"].merging(settings) { $1 },
                environment: environment.merging(StandInModels.environment) { $1 })
            do {
                result = .success(try await body(gateway, provider))
            } catch {
                result = .failure(error)
            }
            await gateway.stop()
        } catch {
            result = .failure(error)
        }
        await provider.stop()
        try result.get()
    }
}
