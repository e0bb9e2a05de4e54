import Primitives

/// What the router needs to know of a call, in no provider's format.
package struct RouteRequest: Sendable, Hashable {
    /// A model's id or alias, or `auto`, `auto:cheap`, `auto:fast`, `auto:best`.
    package var model: String
    /// What the call is for, when the caller says so.
    package var task: ModelTask?
    /// What the call can not do without, as its content shows: tools, images, streaming …
    package var needs: Capabilities
    /// Tokens of the input without its pictures, estimated upwards.
    package var inputTokens: Int
    /// Tokens that the context window must hold, where the input is taken piece by piece; `nil` for all of it.
    package var contextTokens: Int?
    /// The caller's own limit of output tokens.
    package var maximumOutput: Int?
    /// Whether the model shall think before it answers; `nil` leaves it to the model.
    package var reasoning: Bool?
    /// How many answers are asked for: each may be as long as one alone.
    package var choices = 1
    /// Pictures of the input, which each model counts and charges in its own way.
    package var images = 0
    /// The most that the call may cost.
    package var maximumCost: Money?
    /// The longest that nine of ten such calls may take, in seconds.
    package var maximumSeconds: Double?
    /// 0 to 100.
    package var minimumQuality: Int?
    /// `nil` for every model.
    package var allowed: ModelAllowList?
    /// What is left of the caller's budgets when these ask to move to something cheaper; `nil` when they do not.
    package var budgetLeft: Money?

    package init(model: String, needs: Capabilities = .chat, inputTokens: Int) {
        (self.model, self.needs, self.inputTokens) = (model, needs, inputTokens)
    }

    /// - Throws: `RouteError.invalid` naming the field.
    package func validate() throws(RouteError) {
        let counts = [("input tokens", inputTokens), ("images", images)]
        for (name, count) in counts where !(0...TokenUsage.maximumTokens).contains(count) {
            throw .invalid("\(name) must be 0 to \(TokenUsage.maximumTokens)")
        }
        guard (1...10_000).contains(choices) else { throw .invalid("the number of answers must be 1 to 10000") }
        if let maximumOutput, !(1...TokenUsage.maximumTokens).contains(maximumOutput) {
            throw .invalid("the output limit must be 1 to \(TokenUsage.maximumTokens) tokens")
        }
        if let maximumCost, maximumCost.isNegative { throw .invalid("the maximum cost must not be negative") }
        if let maximumSeconds, !(maximumSeconds > 0 && maximumSeconds.isFinite) {
            throw .invalid("the maximum latency must be more than no seconds")
        }
        if let minimumQuality, !(0...100).contains(minimumQuality) { throw .invalid("the minimum quality must be 0 to 100") }
    }
}
