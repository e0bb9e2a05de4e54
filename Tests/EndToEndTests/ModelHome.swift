import Foundation
import TestSupport

/// A studio's home with a registry of models of its own: the gateway calls a stand-in for their provider.
struct ModelHome {
    let provider: ModelProviderServer
    private let folder: TemporaryFolder

    /// What `TestStudio.start` is given.
    var environment: [String: String] {
        ["AVSTUDIO_HOME": folder.path, "AVSTUDIO_MODEL_ALLOWED_HOSTS": "127.0.0.1"].merging(StandInModels.environment) { $1 }
    }

    /// Two models: `gpt`, which sees, and `blind`.
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
        for (name, text) in [
            ("models.yaml", StandInModels.seeing(provider.url)), ("pricing.yaml", StandInModels.seeingPricing),
        ] {
            try Data(text.utf8).write(to: URL(filePath: models + "/" + name))
        }
    }

    func remove() async {
        await provider.stop()
        folder.remove()
    }
}
