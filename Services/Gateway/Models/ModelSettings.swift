package import ModelRouting
package import Primitives

/// How calls of language models are made.
package struct ModelSettings: Sendable {
    /// Paths of `models.yaml` and `pricing.yaml`.
    package var modelsFile: String
    package var pricingFile: String
    /// The folder of the vocabularies that token counts need; without them counts are estimates.
    package var vocabularies: String
    /// Paths of SentencePiece models by the beginnings of the names of the models whose tokens they count: `gemma`, `llama-2`.
    package var sentencePieceModels: [String: String] = [:]
    /// From looking a provider's name up to a connection that is ready.
    package var connectTimeout = Duration.seconds(5)
    /// From sending a call to the head of a streamed answer.
    package var firstByteTimeout = Duration.seconds(60)
    /// Between two pieces of a streamed answer.
    package var idleTimeout = Duration.seconds(60)
    /// From sending a call to the end of its answer; the only limit of an answer that comes in one piece.
    package var callTimeout = Duration.seconds(600)
    /// Attempts at one deployment when no other can take the call.
    package var retry = RetryPolicy(maximumAttempts: 3, base: .milliseconds(500), cap: .seconds(10))
    /// The longest wait that a provider may ask for and the caller is made to sit through.
    package var longestWait = Duration.seconds(20)
    /// Hosts outside the public internet that calls may go to, beside those of local deployments.
    package var allowedHosts: Set<String> = []
    /// Names of the header `anthropic-beta` that go on to Anthropic beside those that are known to cost nothing.
    package var betas: Set<String> = []
    /// What each key may do in a minute.
    package var limit = CallLimit()
    /// What all keys of one owner together may do in a minute; `nil` for as much as one key.
    package var ownerLimit: CallLimit?
    /// All cached answers together.
    package var cacheSize = ByteSize.mib(256)
    /// How long a cached answer is given.
    package var cacheAge = Duration.hours(1)

    package init(modelsFile: String, pricingFile: String, vocabularies: String) {
        (self.modelsFile, self.pricingFile, self.vocabularies) = (modelsFile, pricingFile, vocabularies)
    }
}
