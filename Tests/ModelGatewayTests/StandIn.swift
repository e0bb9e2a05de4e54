import Primitives
import TestSupport

/// A gateway before the stand-in of every provider.
enum StandIn {
    /// Runs a test.
    /// - Parameters:
    ///   - settings: configuration keys of the gateway.
    ///   - models: contents of `models.yaml` for the address of the providers.
    static func with(
        settings: [String: String] = [:], environment: [String: String] = [:], models: (String) -> String = models,
        pricing: String = pricing,
        _ body: (TestGateway, ModelProviderServer) async throws -> Void
    ) async throws {
        try await TestGateway.with(models: models, pricing: pricing, settings: settings, environment: environment, body)
    }

    static func models(_ url: String) -> String {
        """
        version: 1
        providers:
        \(StandInModels.openAI("openai", url))
        \(StandInModels.openAI("other", url))
          anthropic: {protocol: anthropic, base_url: "\(url)", key_env: STAND_IN_KEY}
          google: {protocol: gemini, base_url: "\(url)", key_env: STAND_IN_KEY}
          ollama: {protocol: ollama, base_url: "\(url)", local: true}
          nowhere: {protocol: openai, base_url: "http://127.0.0.1:1/v1", local: true}
          absent: {protocol: openai, base_url: "\(url)/v1", key_env: NO_SUCH_KEY}
        models:
        \(model("gpt", "openai"))
        \(model("claude", "anthropic"))
        \(model("gem", "google"))
        \(model("llama", "ollama"))
        \(model("careful", "other", fallbacks: "[claude]"))
        \(model("unreachable", "nowhere", fallbacks: "[gpt]"))
        \(model("keyless", "absent"))
        \(model("apiece", "openai"))
        \(model("dear", "openai", fallbacks: "[apiece]"))
        \(model("wordy", "openai", fallbacks: "[careful]"))
        \(model("patient", "other", fallbacks: "[claude, gpt]"))
        \(model("narrow", "other", window: 8000, fallbacks: "[claude]"))
        \(model("guarded", "google", fallbacks: "[claude]"))
        \(model("thinker", "openai", beside: ", reasoning"))
        \(model("ponderer", "other", beside: ", reasoning"))
          - {id: gifted, capabilities: [chat, streaming], quality: 50, context_window: 100000, maximum_output: 8192, token_family: estimate, deployments: [{provider: anthropic}]}
          - {id: vectors, capabilities: [embeddings], quality: 50, context_window: 8192, token_family: estimate, deployments: [{provider: ollama}]}
          - {id: paid-vectors, capabilities: [embeddings], quality: 50, context_window: 8192, token_family: estimate, deployments: [{provider: openai}]}
        """
    }

    private static func model(
        _ id: String, _ provider: String, beside: String = "", window: Int = 100_000, fallbacks: String = "[]"
    ) -> String {
        StandInModels.model(
            id, provider, "chat, streaming, tools, images, json\(beside)", window: window, fallbacks: fallbacks)
    }

    static let pricing = StandInModels.pricing(
        "{model: gpt, input: 1, output: 10}",
        "{model: claude, input: 3, output: 15, cached_read: 0.3}",
        "{model: gem, input: 1, output: 2}",
        "{model: careful, input: 1, output: 1}",
        "{model: dear, input: 0, output: 0, per_call: 0.02}",
        "{model: wordy, input: 1, output: 10}",
        "{model: paid-vectors, input: 1000, output: 0}",
        "{model: patient, input: 1, output: 1}",
        "{model: gifted, input: 1, output: 1}",
        "{model: narrow, input: 1, output: 1}",
        "{model: guarded, input: 20, output: 20}",
        "{model: thinker, input: 1, output: 10}",
        "{model: ponderer, input: 1, output: 10}",
        "{model: keyless, input: 1, output: 1}",
        "{model: apiece, input: 0, output: 0, per_call: 0.01, per_image: 0.002}")

    static func question(_ model: String, stream: Bool = false, _ words: String = "Say hello.") -> JSONValue {
        [
            "model": .string(model), "messages": [["role": "user", "content": .string(words)]], "max_tokens": 100,
            "stream": .bool(stream),
        ]
    }
}
