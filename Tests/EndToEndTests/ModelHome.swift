import Foundation
import TestSupport

/// A studio's home with a registry of models of its own: the gateway calls a stand-in for their provider.
struct ModelHome {
    let provider: ModelProviderServer
    private let folder: TemporaryFolder

    /// What `TestStudio.start` is given.
    var environment: [String: String] {
        [
            "AVSTUDIO_HOME": folder.path, "AVSTUDIO_MODEL_ALLOWED_HOSTS": "127.0.0.1",
            "STAND_IN_KEY": "sk-provider-secret-1234567890",
        ]
    }

    /// One model, `gpt`, which sees.
    init() throws {
        provider = try ModelProviderServer.start()
        folder = try TemporaryFolder("home")
        let files = FileManager.default
        let models = folder.appending("deploy/models-llm")
        try files.createDirectory(atPath: models, withIntermediateDirectories: true)
        for (own, other) in [("", ""), ("deploy/", "/deploy")] {
            for name in try files.contentsOfDirectory(atPath: Readme.root + other)
            where !["deploy", "models-llm", ".git"].contains(name) {
                try files.createSymbolicLink(
                    atPath: folder.appending(own + name), withDestinationPath: "\(Readme.root)\(other)/\(name)")
            }
        }
        let registry = """
            version: 1
            providers:
              openai: {protocol: openai, base_url: "\(provider.url)/v1", key_env: STAND_IN_KEY}
            models:
              - {id: gpt, capabilities: [chat, streaming, json, images], quality: 50, context_window: 100000, \
            maximum_output: 4096, token_family: estimate, deployments: [{provider: openai}]}
            """
        let pricing = """
            version: 1
            currency: USD
            source: https://example.com/prices
            source_date: 2026-11-21
            prices:
              - {model: gpt, input: 1, output: 10}
            """
        for (name, text) in [("models.yaml", registry), ("pricing.yaml", pricing)] {
            try Data(text.utf8).write(to: URL(filePath: models + "/" + name))
        }
    }

    func remove() async {
        await provider.stop()
        folder.remove()
    }
}
