import Primitives

/// Writes a call for Anthropic's Messages API.
enum AnthropicRequestEncoder {
    static func encode(_ request: ModelRequest, model: String, profile: ProviderProfile) throws(ModelRequestError) -> ProviderCall {
        var encoding = RequestEncoding(request, model: model, profile: profile)
        try encoding.writeAnthropicRequest()
        return ProviderCall(
            path: "/v1/messages", headers: headers, body: encoding.json.bytes, adjustments: encoding.adjustments)
    }

    static let headers: [ProviderCall.Header] = [
        .init(name: "content-type", value: "application/json"), .init(name: "anthropic-version", value: "2023-06-01"),
    ]
}

extension RequestEncoding {
    fileprivate mutating func writeAnthropicRequest() throws(ModelRequestError) {
        json.frame("{")
        json.member("model", model)
        let limit = request.maximumTokens ?? profile.defaultMaximumTokens
        json.member("max_tokens", limit)
        try writeAnthropicMessages()
        try writeAnthropicTools()
        try writeAnthropicSampling()
        try writeAnthropicThinking(limit: limit)
        if let user = request.user { json.object("metadata") { $0.member("user_id", user) } }
        if request.metadata != nil { adjust("metadata", "anthropic keeps no labels") }
        switch request.serviceTier {
        case nil: break
        case "auto": json.member("service_tier", "auto" as StaticString)
        case "default", "standard_only": json.member("service_tier", "standard_only" as StaticString)
        default: throw unsupported("service_tier")
        }
        if request.stream { json.member("stream", true) }
        try writeExtensions()
        json.frame("}")
    }

    private mutating func writeAnthropicSampling() throws(ModelRequestError) {
        let sampling = request.sampling
        try refuse((sampling.temperature ?? 0) > 1, "temperature", "the highest is 1")
        json.member("temperature", ifPresent: sampling.temperature)
        json.member("top_p", ifPresent: sampling.topP)
        json.member("top_k", ifPresent: sampling.topK.flatMap { $0 > 0 ? $0 : nil })
        try refuse(sampling.minP ?? 0 != 0, "min_p")
        try refuse(sampling.frequencyPenalty ?? 0 != 0, "frequency_penalty")
        try refuse(sampling.presencePenalty ?? 0 != 0, "presence_penalty")
        try refuse(sampling.repetitionPenalty ?? 1 != 1, "repetition_penalty")
        try refuse(sampling.seed != nil, "seed")
        try refuse(sampling.logitBias.map { $0 != .emptyObject } ?? false, "logit_bias")
        try refuse(request.logProbabilities != nil, "logprobs")
        try refuse(request.choices > 1, "n")
        try refuse(request.verbosity ?? "medium" != "medium", "verbosity")
        if !request.stop.isEmpty {
            json.array("stop_sequences") { json in
                for text in request.stop { json.value(text) }
            }
        }
    }

    private mutating func writeAnthropicTools() throws(ModelRequestError) {
        if !request.tools.isEmpty {
            json.array("tools") { json in
                for tool in request.tools {
                    json.object { json in
                        json.member("name", tool.name)
                        json.member("description", ifPresent: tool.description)
                        json.member("input_schema", tool.parameters ?? Self.noParameters)
                        if tool.strict == true { json.member("strict", true) }
                        tool.cache?.write(to: &json)
                    }
                }
            }
        }
        // Whether calls may be parallel is a part of the choice here.
        guard request.toolChoice != nil || request.parallelToolCalls == false, !request.tools.isEmpty else { return }
        let serial = request.parallelToolCalls.map { !$0 }
        let name: StaticString
        var tool: String?
        switch request.toolChoice ?? .automatic {
        case .automatic: name = "auto"
        case .none: name = "none"
        case .required: name = "any"
        case .tool(let only): (name, tool) = ("tool", only)
        case .allowed: throw unsupported("tool_choice", "allowed_tools")
        }
        json.object("tool_choice") { json in
            json.member("type", name)
            json.member("name", ifPresent: tool)
            if serial == true, request.toolChoice != ToolChoice.none { json.member("disable_parallel_tool_use", true) }
        }
    }

    /// The schema of a tool without arguments.
    static let noParameters = RawJSON(unchecked: Bytes(#"{"type":"object","properties":{}}"#.utf8))

    private mutating func writeAnthropicThinking(limit: Int) throws(ModelRequestError) {
        var effort: String?
        if let reasoning = request.reasoning {
            if reasoning.isOff {
                json.object("thinking") { $0.member("type", "disabled" as StaticString) }
            } else if reasoning.isAdaptive || (profile.reasoningStyle == .level && reasoning.budget == nil) {
                effort = anthropicEffort(reasoning.effort)
                json.object("thinking") { json in
                    json.member("type", "adaptive" as StaticString)
                    Self.writeDisplay(reasoning, &json)
                }
            } else {
                try writeThinkingBudget(reasoning, limit: limit)
                if reasoning.budget != nil { effort = anthropicEffort(reasoning.effort) }
            }
        }
        var schema: OutputSchema?
        switch request.output {
        case .text: break
        case .jsonObject: throw unsupported("response_format", "json_object; give a schema")
        case .jsonSchema(let wanted):
            schema = wanted
            if wanted.strict == false { adjust("response_format.json_schema.strict", "answers always fit the schema here") }
        }
        guard effort != nil || schema != nil else { return }
        json.object("output_config") { json in
            json.member("effort", ifPresent: effort)
            if let schema {
                json.object("format") { json in
                    json.member("type", "json_schema" as StaticString)
                    json.member("schema", schema.schema)
                }
            }
        }
    }

    private static func writeDisplay(_ reasoning: Reasoning, _ json: inout JSONBuilder) {
        if reasoning.summary == "summarized" || reasoning.summary == "omitted" {
            json.member("display", ifPresent: reasoning.summary)
        }
    }

    private mutating func anthropicEffort(_ effort: Reasoning.Effort?) -> String? {
        guard effort == .minimal else { return effort?.rawValue }
        adjust("reasoning_effort", "low is the lowest level here")
        return "low"
    }

    /// Thinking takes its tokens from the answer's limit, and at least 1,024.
    private mutating func writeThinkingBudget(_ reasoning: Reasoning, limit: Int) throws(ModelRequestError) {
        let wanted = reasoning.budget ?? reasoning.effort?.budget ?? 8192
        let budget = min(wanted, limit - 1)
        guard budget >= 1024 else {
            throw unsupported("reasoning_effort", "thinking needs max_tokens above 1024, here it is \(limit)")
        }
        if budget != reasoning.budget { adjust("reasoning_effort", "thinking is limited to \(budget) tokens") }
        json.object("thinking") { json in
            json.member("type", "enabled" as StaticString)
            json.member("budget_tokens", budget)
            Self.writeDisplay(reasoning, &json)
        }
    }
}
