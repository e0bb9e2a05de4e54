/// A whole answer.
package struct ModelResponse: Sendable, Hashable {
    /// The provider's identifier; empty when it gives none.
    package var id: String
    /// The model as the provider names it.
    package var model: String
    /// When it was made, in seconds since 1970; 0 when the provider does not say.
    package var created = 0
    /// The answers; at least one.
    package var choices: [ModelChoice]
    /// What the call used; nil when the provider does not say.
    package var usage: ModelUsage?
    /// The class of service that was used, in the provider's word.
    package var serviceTier: String?
    /// The provider's mark of its own software.
    package var systemFingerprint: String?

    package init(id: String, model: String, choices: [ModelChoice], usage: ModelUsage? = nil) {
        self.id = id
        self.model = model
        self.choices = choices
        self.usage = usage
    }
}

/// One of the answers of a response.
package struct ModelChoice: Sendable, Hashable {
    /// Thoughts, texts and calls of tools, in order.
    package var parts: [ContentPart]
    /// Why it ended.
    package var finish: FinishReason
    /// Log probabilities in OpenAI's form.
    package var logProbabilities: RawJSON?

    package init(parts: [ContentPart], finish: FinishReason, logProbabilities: RawJSON? = nil) {
        self.parts = parts
        self.finish = finish
        self.logProbabilities = logProbabilities
    }
}

/// Why an answer ended.
package struct FinishReason: Sendable, Hashable {
    /// Reasons that all protocols share.
    package enum Kind: String, Sendable, CaseIterable {
        case stop
        /// One of the caller's stop texts came.
        case stopSequence = "stop-sequence"
        /// The limit of tokens.
        case length
        /// The model's context is full.
        case contextFull = "context-full"
        case toolCalls = "tool-calls"
        case contentFilter = "content-filter"
        case refusal
        /// The provider wants the conversation sent again, to go on.
        case paused
        /// The provider gave up: for want of resources, or because the model wrote nonsense.
        case failed
        case other
    }

    /// The reason.
    package var kind: Kind
    /// The provider's own word.
    package var raw: String
    /// The stop text that came.
    package var stopSequence: String?

    /// What it means when that is no end of an answer at all: the provider gave up, or its filter let nothing through.
    package func providerFailure(isEmpty: Bool) -> ProviderFailure? {
        switch kind {
        case .failed: ProviderFailure(.malformedAnswer, providerCode: raw, message: "the provider gave up: \(raw.prefix(60))")
        case .contentFilter where isEmpty:
            ProviderFailure(
                .contentFilter, providerCode: raw, message: "the provider's content filter let nothing through: \(raw.prefix(60))")
        default: nil
        }
    }

    package init(_ kind: Kind, raw: String, stopSequence: String? = nil) {
        self.kind = kind
        self.raw = raw
        self.stopSequence = stopSequence
    }
}

/// What a call used, in tokens.
package struct ModelUsage: Sendable, Hashable {
    /// All of the prompt, cached parts included.
    package var input = 0
    /// All of the answer, reasoning included.
    package var output = 0
    /// The part of `input` read from the provider's cache.
    package var cachedRead = 0
    /// The part of `input` written to the provider's cache.
    package var cachedWrite = 0
    /// The part of `cachedWrite` kept for an hour, which costs more.
    package var cachedWriteHour = 0
    /// The part of `output` that is reasoning.
    package var reasoning = 0
    /// The part of `input` that is audio.
    package var audioInput = 0
    /// The part of `output` that is audio.
    package var audioOutput = 0

    package init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }

    /// Prompt and answer together.
    package var total: Int { input + output }
}
