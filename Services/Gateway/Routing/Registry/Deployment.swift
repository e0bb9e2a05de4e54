import Primitives

/// The protocol that an upstream speaks.
package enum UpstreamProtocol: String, Sendable, Hashable, CaseIterable {
    case openai, anthropic, gemini, ollama
}

/// Where an upstream's key is found. The key itself is never in the registry.
package enum KeyReference: Sendable, Hashable {
    /// The name of an environment variable.
    case environment(String)
    /// The path of a file.
    case file(String)

    /// For people: which key is meant.
    package var label: String {
        switch self {
        case .environment(let name): name
        case .file(let path): "the key file \(path)"
        }
    }
}

/// One place where a model is served. It never changes; a class, so that decisions pass it on by one reference.
package final class Deployment: Sendable {
    /// Unique in the registry: `<model>@<provider>`.
    package let id: String
    /// The provider's name in the registry.
    package let provider: String
    package let upstreamProtocol: UpstreamProtocol
    /// Without a slash at its end.
    package let baseURL: String
    /// `nil` when none is needed.
    package let key: KeyReference?
    /// What the provider calls the model.
    package let upstreamModel: String
    /// Whether it runs on the studio's own machines, at no price a token.
    package let isLocal: Bool
    package let prices: PriceHistory
    /// What to expect before traffic has shown it.
    package let expectation: SpeedExpectation

    init(
        id: String, provider: String, upstreamProtocol: UpstreamProtocol, baseURL: String, key: KeyReference?,
        upstreamModel: String,
        isLocal: Bool, prices: PriceHistory, expectation: SpeedExpectation
    ) {
        (self.id, self.provider, self.upstreamProtocol, self.baseURL) = (id, provider, upstreamProtocol, baseURL)
        (self.key, self.upstreamModel, self.isLocal) = (key, upstreamModel, isLocal)
        (self.prices, self.expectation) = (prices, expectation)
    }
}

/// The speed of a deployment as far as one can tell beforehand.
package struct SpeedExpectation: Sendable, Hashable {
    /// Seconds until the first token.
    package let timeToFirstToken: Double
    /// Seconds for each token after it.
    package let timePerToken: Double

    package init(timeToFirstToken: Double, timePerToken: Double) {
        (self.timeToFirstToken, self.timePerToken) = (timeToFirstToken, timePerToken)
    }

    /// One second and 50 tokens a second: the order of hosted models.
    package static let hosted = SpeedExpectation(timeToFirstToken: 1, timePerToken: 0.02)
}
