import ModelRouting
import Primitives

/// A small registry: one local model, one cheap, one good and slow, one with two deployments.
enum SampleRegistry {
    static let models = """
        version: 1
        providers:
          home: {protocol: openai, base_url: "http://127.0.0.1:8081/v1", local: true}
          one: {protocol: openai, base_url: "https://one.example/v1", key_env: ONE_KEY}
          two: {protocol: anthropic, base_url: "https://two.example", key_env: TWO_KEY}
        models:
          - id: small
            aliases: [local]
            capabilities: [chat, streaming]
            tasks: [chat, summarise]
            quality: 40
            context_window: 8192
            maximum_output: 2048
            token_family: gemma
            deployments: [{provider: home}]
          - id: cheap
            capabilities: [chat, streaming, tools, json]
            quality: 70
            context_window: 100000
            maximum_output: 8000
            token_family: o200k_base
            deployments: [{provider: one, first_token_seconds: 0.5, token_seconds: 0.005}]
            fallbacks: [good]
          - id: good
            aliases: [best-of-two]
            capabilities: [chat, streaming, tools, json, images, reasoning]
            quality: 95
            task_quality: {code: 99}
            context_window: 1_000_000
            maximum_output: 64000
            token_family: claude
            deployments: [{provider: two, first_token_seconds: 3, token_seconds: 0.02}]
          - id: spread
            capabilities: [chat, streaming, tools]
            quality: 80
            context_window: 50000
            maximum_output: 8000
            token_family: o200k_base
            deployments:
              - {provider: one}
              - {provider: two, price: spread-two}
          - id: vectors
            capabilities: [embeddings]
            quality: 60
            context_window: 8000
            token_family: cl100k_base
            deployments: [{provider: one}]
        """

    static let pricing = """
        version: 1
        currency: USD
        source: https://example.com/prices
        source_date: 2026-11-21
        prices:
          - {model: cheap, input: 0.1, output: 0.4, cached_read: 0.01}
          - {model: good, input: 5, output: 25, cached_read: 0.5, cached_write: 6.25, cached_write_hour: 10}
          - {model: good, from: 2027-01-01, input: 4, output: 20}
          - {model: spread, input: 1, output: 4}
          - {model: spread-two, input: 2, output: 8}
          - {model: vectors, input: 0.02, output: 0}
        """

    static func read(models: String = models, pricing: String = pricing) throws(RegistryError) -> ModelRegistry {
        try ModelRegistry(models: Bytes(models.utf8), pricing: Bytes(pricing.utf8))
    }
}
