import HTTPClient
import ModelGateway
import ModelRouting
import Primitives
import ServiceRuntime

extension GatewayConfiguration {
    /// How calls of language models are made.
    /// - Throws: `ConfigurationError`.
    func models() throws -> ModelSettings {
        var settings = ModelSettings(modelsFile: modelsFile, pricingFile: pricingFile, vocabularies: vocabularyFolder)
        for pair in sentencePieceModels.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ConfigurationError("sentencepiece-models must be pairs such as gemma=/models/gemma.model, not \(pair)")
            }
            settings.sentencePieceModels[String(parts[0])] = String(parts[1])
        }
        settings.connectTimeout = .seconds(modelConnectSeconds)
        settings.firstByteTimeout = .seconds(modelFirstByteSeconds)
        settings.idleTimeout = .seconds(modelIdleSeconds)
        settings.callTimeout = .seconds(modelCallSeconds)
        settings.allowedHosts = EgressPolicy.hosts(modelAllowedHosts)
        settings.betas = Set(anthropicBetas.split { $0 == "," || $0 == " " }.map(String.init))
        settings.limit = CallLimit(
            callsPerMinute: modelCallsPerMinute == 0 ? nil : modelCallsPerMinute,
            tokensPerMinute: modelTokensPerMinute == 0 ? nil : modelTokensPerMinute)
        settings.ownerLimit = CallLimit(
            callsPerMinute: modelOwnerCallsPerMinute == 0 ? settings.limit.callsPerMinute : modelOwnerCallsPerMinute,
            tokensPerMinute: modelOwnerTokensPerMinute == 0 ? settings.limit.tokensPerMinute : modelOwnerTokensPerMinute)
        settings.cacheSize = .bytes(Int64(modelCacheBytes))
        settings.cacheAge = .seconds(modelCacheSeconds)
        return settings
    }
}
