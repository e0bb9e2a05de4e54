package import Primitives

/// A call of a language model that has ended, as it is told on `Subjects.metric`, without an envelope: what it used, cost and took,
/// and what was said only for a key that has that logged. The names are those of OpenTelemetry's semantic conventions for
/// generative AI, where it has one.
package struct ModelCallMetric: Codable, Sendable {
    package static let name = "gen_ai.call"

    package var name = Self.name
    package var time: Timestamp
    package var model: String
    package var provider: String
    package var inputTokens: Int
    package var outputTokens: Int
    /// Of the input: read from the provider's cache.
    package var cachedTokens: Int
    /// Of the output: reasoning.
    package var reasoningTokens: Int
    /// In US dollars, like what was saved.
    package var cost: Double
    package var savedByCache: Double
    package var savedByRouting: Double
    /// Seconds from the call to the end of its answer.
    package var seconds: Double
    /// Seconds from sending the call to its first token.
    package var firstTokenSeconds: Double?
    /// `answered`, `failed` or `cancelled`.
    package var outcome: String
    /// Whether the answer came from the studio's own cache.
    package var isCacheHit: Bool
    /// Deployments that failed before this one answered.
    package var fallbacks: Int
    /// The identifier of the caller's key.
    package var key: String
    package var user: String?
    /// In whose name the call was made.
    package var organisation: String?
    package var session: String?
    /// The decision that led to this deployment.
    package var decision: String?
    /// What the call was made for, as its `metadata` tells: at most 200 bytes each.
    package var video: String?
    package var channel: String?
    /// The document of the request, for a key that has content logged; cut off after 64 KiB.
    package var prompt: String?
    /// The document of the answer, or a stream's text, likewise.
    package var answer: String?

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, time, outcome, fallbacks, key, user, organisation, session, decision, video, channel, prompt, answer
        case model = "gen_ai.request.model"
        case provider = "gen_ai.provider.name"
        case inputTokens = "gen_ai.usage.input_tokens"
        case outputTokens = "gen_ai.usage.output_tokens"
        case cachedTokens = "cached_tokens"
        case reasoningTokens = "reasoning_tokens"
        case cost = "cost_dollars"
        case savedByCache = "saved_by_cache_dollars"
        case savedByRouting = "saved_by_routing_dollars"
        case seconds = "gen_ai.client.operation.duration"
        case firstTokenSeconds = "gen_ai.server.time_to_first_token"
        case isCacheHit = "cache_hit"
    }

    package init(
        time: Timestamp, model: String, provider: String, inputTokens: Int, outputTokens: Int, cachedTokens: Int = 0,
        reasoningTokens: Int = 0, cost: Double, savedByCache: Double = 0, savedByRouting: Double = 0, seconds: Double,
        firstTokenSeconds: Double? = nil, outcome: String, isCacheHit: Bool = false, fallbacks: Int = 0, key: String,
        user: String? = nil, organisation: String? = nil, session: String? = nil, decision: String? = nil
    ) {
        (self.time, self.model, self.provider, self.outcome, self.key) = (time, model, provider, outcome, key)
        (self.inputTokens, self.outputTokens) = (inputTokens, outputTokens)
        (self.cachedTokens, self.reasoningTokens) = (cachedTokens, reasoningTokens)
        (self.cost, self.savedByCache, self.savedByRouting) = (cost, savedByCache, savedByRouting)
        (self.seconds, self.firstTokenSeconds) = (seconds, firstTokenSeconds)
        (self.isCacheHit, self.fallbacks) = (isCacheHit, fallbacks)
        (self.user, self.organisation, self.session, self.decision) = (user, organisation, session, decision)
    }
}
