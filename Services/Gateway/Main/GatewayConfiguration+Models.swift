import HTTPClient
import ModelGateway
import ModelRouting
import Primitives

extension GatewayConfiguration {
    /// How calls of language models are made.
    var models: ModelSettings {
        var settings = ModelSettings(modelsFile: modelsFile, pricingFile: pricingFile, vocabularies: vocabularyFolder)
        settings.connectTimeout = .seconds(modelConnectSeconds)
        settings.firstByteTimeout = .seconds(modelFirstByteSeconds)
        settings.idleTimeout = .seconds(modelIdleSeconds)
        settings.callTimeout = .seconds(modelCallSeconds)
        settings.allowedHosts = EgressPolicy.hosts(modelAllowedHosts)
        settings.limit = CallLimit(
            callsPerMinute: modelCallsPerMinute == 0 ? nil : modelCallsPerMinute,
            tokensPerMinute: modelTokensPerMinute == 0 ? nil : modelTokensPerMinute)
        settings.cacheSize = .bytes(Int64(modelCacheBytes))
        settings.cacheAge = .seconds(modelCacheSeconds)
        return settings
    }
}
