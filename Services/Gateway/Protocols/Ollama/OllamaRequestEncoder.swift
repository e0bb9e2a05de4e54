import Primitives

/// Writes a call for Ollama's own API. Source: Ollama API reference, `POST /api/chat`.
enum OllamaRequestEncoder {
    static func encode(_ request: ModelRequest, model: String, profile: ProviderProfile) throws(ModelRequestError) -> ProviderCall {
        var encoding = RequestEncoding(request, model: model, profile: profile)
        try encoding.writeOllamaRequest()
        return ProviderCall(
            path: "/api/chat", headers: [.init(name: "content-type", value: "application/json")], body: encoding.json.bytes,
            adjustments: encoding.adjustments)
    }
}

extension RequestEncoding {
    fileprivate mutating func writeOllamaRequest() throws(ModelRequestError) {
        json.frame("{")
        json.member("model", model)
        try writeOllamaMessages()
        try writeOllamaTools()
        // Streaming is the API's default.
        json.member("stream", request.stream)
        switch request.output {
        case .text: break
        case .jsonObject: json.member("format", "json" as StaticString)
        case .jsonSchema(let schema): json.member("format", schema.schema)
        }
        if let alternatives = request.logProbabilities {
            json.member("logprobs", true)
            json.member("top_logprobs", alternatives)
        }
        writeOllamaThinking()
        try writeOllamaOptions()
        try refuse(request.choices > 1, "n")
        try refuse(request.verbosity ?? "medium" != "medium", "verbosity")
        if request.user != nil { adjust("user", "ollama keeps no end users") }
        if request.metadata != nil { adjust("metadata", "ollama keeps no labels") }
        try refuse(!["auto", "default", "standard_only"].contains(request.serviceTier ?? "auto"), "service_tier")
        try writeExtensions()
        json.frame("}")
    }

    private mutating func writeOllamaTools() throws(ModelRequestError) {
        try refuse(request.parallelToolCalls == false, "parallel_tool_calls")
        switch request.toolChoice {
        case nil, .automatic: break
        case .none?: return adjust("tool_choice", "the tools are not shown to the model")
        default: throw unsupported("tool_choice", "only auto and none")
        }
        guard !request.tools.isEmpty else { return }
        json.array("tools") { json in
            for tool in request.tools {
                json.object { json in
                    json.member("type", "function" as StaticString)
                    json.object("function") { json in
                        json.member("name", tool.name)
                        json.member("description", ifPresent: tool.description)
                        json.member("parameters", tool.parameters ?? Self.noParameters)
                    }
                }
            }
        }
        for (index, tool) in request.tools.enumerated() {
            if tool.strict == true { adjust("tools[\(index)].strict", "ollama does not check arguments against the schema") }
            adjustCache(tool.cache, "tools[\(index)]")
        }
    }

    private mutating func writeOllamaThinking() {
        guard let reasoning = request.reasoning else { return }
        if let budget = reasoning.budget {
            adjust("thinking.budget_tokens", "ollama has no limit of \(budget) tokens for thinking")
        }
        switch reasoning.effort {
        case Reasoning.Effort.none?: json.member("think", false)
        case .minimal?, .low?: json.member("think", "low" as StaticString)
        case .medium?: json.member("think", "medium" as StaticString)
        case .high?, .xhigh?, .max?: json.member("think", "high" as StaticString)
        case nil: json.member("think", true)
        }
    }

    /// Room for prompt and answer: Ollama cuts what its context does not hold without a word. In powers of two, as each change
    /// loads the model anew.
    private var contextLength: Int? {
        guard let (prompt, window) = profile.context else { return nil }
        let needed = prompt + (request.maximumTokens ?? Self.usualAnswer)
        var length = Self.leastContext
        while length < needed, length < window { length *= 2 }
        return min(length, window)
    }

    /// Ollama's own default. Source: Ollama FAQ, "How can I specify the context window size?"
    private static let leastContext = 4096
    /// What is kept for an answer without a limit.
    private static let usualAnswer = 2048

    private mutating func writeOllamaOptions() throws(ModelRequestError) {
        let sampling = request.sampling
        try refuse(sampling.logitBias.map { $0 != .emptyObject } ?? false, "logit_bias")
        let contextLength = contextLength
        json.object("options") { json in
            json.member("temperature", ifPresent: sampling.temperature)
            json.member("top_p", ifPresent: sampling.topP)
            json.member("top_k", ifPresent: sampling.topK)
            json.member("min_p", ifPresent: sampling.minP)
            json.member("repeat_penalty", ifPresent: sampling.repetitionPenalty)
            json.member("presence_penalty", ifPresent: sampling.presencePenalty)
            json.member("frequency_penalty", ifPresent: sampling.frequencyPenalty)
            json.member("seed", ifPresent: sampling.seed)
            json.member("num_predict", ifPresent: request.maximumTokens)
            json.member("num_ctx", ifPresent: contextLength)
            if !request.stop.isEmpty {
                json.array("stop") { json in
                    for text in request.stop { json.value(text) }
                }
            }
        }
    }
}
