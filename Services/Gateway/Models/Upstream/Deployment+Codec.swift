import ModelProtocols
import ModelRouting

extension Deployment {
    /// How the deployment is spoken to by calls that came through a door.
    func codec(for door: Door?) -> ProviderCodec { ProviderCodec(profile(for: door)) }

    fileprivate func profile(for door: Door?) -> ProviderProfile {
        let dialect = OpenAIDialect(provider: provider)
        var profile: ProviderProfile
        switch upstreamProtocol {
        // OpenAI itself answers both of its protocols, and keeps in each what the other has no words for.
        case .openai: profile = ProviderProfile(dialect == .openAI && door == .openAIResponses ? .openAIResponses : .openAIChat)
        case .anthropic, .gemini:
            profile = ProviderProfile(upstreamProtocol == .anthropic ? .anthropic : .gemini)
            profile.reasoningStyle = Self.reasoningStyle(upstreamModel)
        case .ollama: profile = ProviderProfile(.ollama)
        }
        profile.dialect = dialect
        return profile
    }

    /// Claude up to 4.5 and Gemini 2 take a number of tokens, later ones a level.
    /// Source: Anthropic, "Extended thinking"; Google, "Gemini thinking".
    private static func reasoningStyle(_ model: String) -> ProviderProfile.ReasoningStyle {
        // What has more digits is a date.
        let version = model.split { $0 == "-" || $0 == "." || $0 == "@" }.compactMap { $0.count <= 2 ? Int($0) : nil }
        guard let major = version.first else { return .level }
        let minor = version.count > 1 ? version[1] : 0
        if model.contains("claude") { return (major, minor) < (4, 6) ? .budget : .level }
        return model.hasPrefix("gemini") && major < 3 ? .budget : .level
    }
}

extension RouteCandidate {
    /// How the candidate is spoken to for the call that it was found for.
    func codec(for door: Door) -> ProviderCodec {
        var profile = deployment.profile(for: door)
        profile.context = (inputTokens, model.contextWindow)
        profile.defaultMaximumTokens = maximumOutput
        profile.thinks = model.capabilities.contains(.reasoning)
        return ProviderCodec(profile)
    }
}

extension OpenAIDialect {
    /// The dialect of a provider by its name in the registry.
    fileprivate init(provider: String) {
        switch provider.lowercased() {
        case "llamacpp", "llama-cpp", "llama.cpp": self = .llamaCpp
        case "lmstudio", "lm-studio": self = .lmStudio
        default: self = OpenAIDialect(rawValue: provider.lowercased()) ?? .other
        }
    }
}
