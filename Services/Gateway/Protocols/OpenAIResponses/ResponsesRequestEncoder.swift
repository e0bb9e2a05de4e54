import Primitives

/// Writes a call for OpenAI's Responses API. Nothing is stored there unless the caller asks for it.
enum ResponsesRequestEncoder {
    static func encode(_ request: ModelRequest, model: String, profile: ProviderProfile) throws(ModelRequestError) -> ProviderCall {
        var encoding = RequestEncoding(request, model: model, profile: profile)
        try encoding.writeResponsesRequest()
        return ProviderCall(
            path: "/responses", headers: [.init(name: "content-type", value: "application/json")], body: encoding.json.bytes,
            adjustments: encoding.adjustments)
    }
}

extension RequestEncoding {
    fileprivate mutating func writeResponsesRequest() throws(ModelRequestError) {
        json.frame("{")
        json.member("model", model)
        try writeResponsesInput()
        writeResponsesTools()
        writeResponsesText()
        try writeResponsesSampling()
        if let reasoning = request.reasoning {
            json.object("reasoning") { json in
                json.member(
                    "effort",
                    ifPresent: reasoning.effort?.rawValue ?? reasoning.budget.map { Reasoning.Effort(budget: $0).rawValue })
                json.member("summary", ifPresent: reasoning.summary ?? (reasoning.isOff ? nil : "auto"))
            }
            if let budget = reasoning.budget { adjust("thinking.budget_tokens", "\(budget) tokens became an effort") }
        }
        json.member("user", ifPresent: request.user)
        json.member("metadata", ifPresent: request.metadata)
        if let tier = request.serviceTier { json.member("service_tier", tier == "standard_only" ? "default" : tier) }
        if request.stream { json.member("stream", true) }
        let given = Set(request.extensions.filter { $0.family == .openAIResponses }.map(\.name))
        if !given.contains("store") { json.member("store", false) }
        if !given.contains("include"), profile.thinks { json.member("include", ResponsesProof.asked(beside: nil)) }
        try writeExtensions()
        json.frame("}")
    }

    private mutating func writeResponsesTools() {
        if !request.tools.isEmpty {
            json.array("tools") { json in
                for tool in request.tools {
                    json.object { json in
                        json.member("type", "function" as StaticString)
                        json.member("name", tool.name)
                        json.member("description", ifPresent: tool.description)
                        json.member("parameters", tool.parameters ?? Self.noParameters)
                        json.member("strict", tool.strict ?? false)
                    }
                }
            }
            for (index, tool) in request.tools.enumerated() { adjustCache(tool.cache, "tools[\(index)]") }
        }
        if let choice = request.toolChoice { ResponsesToolChoice.write(choice, to: &json) }
        json.member("parallel_tool_calls", ifPresent: request.parallelToolCalls)
    }

    private mutating func writeResponsesText() {
        guard request.output != .text || request.verbosity != nil else { return }
        json.object("text") { json in
            if request.output != .text { json.object("format") { ResponsesFormat.write(request.output, to: &$0) } }
            json.member("verbosity", ifPresent: request.verbosity)
        }
    }

    private mutating func writeResponsesSampling() throws(ModelRequestError) {
        let sampling = request.sampling
        json.member("temperature", ifPresent: sampling.temperature)
        json.member("top_p", ifPresent: sampling.topP)
        json.member("max_output_tokens", ifPresent: request.maximumTokens)
        try refuse(sampling.topK != nil, "top_k")
        try refuse(sampling.minP ?? 0 != 0, "min_p")
        try refuse(sampling.frequencyPenalty ?? 0 != 0, "frequency_penalty")
        try refuse(sampling.presencePenalty ?? 0 != 0, "presence_penalty")
        try refuse(sampling.repetitionPenalty ?? 1 != 1, "repetition_penalty")
        try refuse(sampling.seed != nil, "seed")
        try refuse(sampling.logitBias.map { $0 != .emptyObject } ?? false, "logit_bias")
        try refuse(request.logProbabilities != nil, "logprobs")
        try refuse(!request.stop.isEmpty, "stop")
        try refuse(request.choices > 1, "n")
    }
}

/// `tool_choice` of the Responses API.
enum ResponsesToolChoice {
    static func write(_ choice: ToolChoice, to json: inout JSONBuilder) {
        switch choice {
        case .automatic: json.member("tool_choice", "auto" as StaticString)
        case .none: json.member("tool_choice", "none" as StaticString)
        case .required: json.member("tool_choice", "required" as StaticString)
        case .tool(let name): json.object("tool_choice") { writeFunction(name, to: &$0) }
        case .allowed(let names, let required):
            json.object("tool_choice") { json in
                json.member("type", "allowed_tools" as StaticString)
                json.member("mode", required ? "required" : "auto" as StaticString)
                json.array("tools") { json in
                    for name in names { json.object { writeFunction(name, to: &$0) } }
                }
            }
        }
    }

    private static func writeFunction(_ name: String, to json: inout JSONBuilder) {
        json.member("type", "function" as StaticString)
        json.member("name", name)
    }
}

/// `text.format` of the Responses API, written into an open object.
enum ResponsesFormat {
    static func write(_ format: OutputFormat, to json: inout JSONBuilder) {
        switch format {
        case .text: json.member("type", "text" as StaticString)
        case .jsonObject: json.member("type", "json_object" as StaticString)
        case .jsonSchema(let schema):
            json.member("type", "json_schema" as StaticString)
            OpenAIOutputFormat.write(schema, to: &json)
        }
    }
}
