/// A function that the model may ask for.
package struct ModelTool: Sendable, Hashable {
    /// The name by which the model asks for it.
    package var name: String
    /// What it is for, in words for the model.
    package var description: String?
    /// JSON Schema of the arguments, as the caller wrote it; nil for none.
    package var parameters: RawJSON?
    /// Whether the arguments must fit the schema exactly.
    package var strict: Bool?
    /// Where the provider should cache the tools up to; nil for nowhere.
    package var cache: CacheMarker?

    package init(
        name: String, description: String? = nil, parameters: RawJSON? = nil, strict: Bool? = nil, cache: CacheMarker? = nil
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.strict = strict
        self.cache = cache
    }
}

/// Whether the model calls tools, and which.
package enum ToolChoice: Sendable, Hashable {
    case automatic, none
    /// At least one call of any tool.
    case required
    case tool(name: String)
    /// Only these, freely or with at least one call.
    case allowed(names: [String], required: Bool)
}

/// The form of the answer.
package enum OutputFormat: Sendable, Hashable {
    case text, jsonObject
    case jsonSchema(OutputSchema)
}

/// A JSON Schema that the answer must fit.
package struct OutputSchema: Sendable, Hashable {
    /// The name by which the model asks for it.
    package var name: String
    /// What it is for, in words for the model.
    package var description: String?
    /// The schema, as the caller wrote it.
    package var schema: RawJSON
    /// Whether it must fit exactly; nil leaves it to the provider.
    package var strict: Bool?
}

/// How tokens are drawn; nil leaves a value to the provider.
package struct Sampling: Sendable, Hashable {
    /// 0…2.
    package var temperature: Double?
    /// 0…1.
    package var topP: Double?
    /// At least 1; 0 for no limit where providers know that.
    package var topK: Int?
    /// 0…1.
    package var minP: Double?
    /// -2…2.
    package var frequencyPenalty: Double?
    /// -2…2.
    package var presencePenalty: Double?
    /// Above 0; 1 for none.
    package var repetitionPenalty: Double?
    /// For answers that can be repeated.
    package var seed: Int?
    /// Bias by token number, an object as given.
    package var logitBias: RawJSON?
}

/// How much the model should think.
package struct Reasoning: Sendable, Hashable {
    /// Levels of thought.
    package enum Effort: String, Sendable, CaseIterable {
        case none, minimal, low, medium, high, xhigh, max
    }

    /// nil leaves it to the provider.
    package var effort: Effort?
    /// Most tokens of thought.
    package var budget: Int?
    /// The model decides for each answer.
    package var isAdaptive = false
    /// Whether thoughts should be shown: `auto`, `concise`, `detailed`; nil leaves it to the provider.
    package var summary: String?

    /// Whether thinking is switched off.
    package var isOff: Bool { effort == Effort.none && budget == nil }
}
