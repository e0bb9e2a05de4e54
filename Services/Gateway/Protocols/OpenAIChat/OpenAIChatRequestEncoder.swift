import Primitives

/// Writes a call for a provider that speaks OpenAI's chat protocol.
enum OpenAIChatRequestEncoder {
    static func encode(_ request: ModelRequest, model: String, profile: ProviderProfile) throws(ModelRequestError) -> ProviderCall {
        var encoding = RequestEncoding(request, model: model, profile: profile)
        try encoding.writeChatRequest()
        return ProviderCall(
            path: "/chat/completions", headers: [.init(name: "content-type", value: "application/json")],
            body: encoding.json.bytes, adjustments: encoding.adjustments)
    }
}

extension RequestEncoding {
    fileprivate var dialect: OpenAIDialect { profile.dialect }

    fileprivate mutating func writeChatRequest() throws(ModelRequestError) {
        json.frame("{")
        json.member("model", model)
        try writeChatMessages()
        try writeChatTools()
        try writeChatOutput()
        try writeChatSampling()
        json.member(dialect.tokenLimitField, ifPresent: request.maximumTokens)
        if !request.stop.isEmpty {
            json.array("stop") { json in
                for text in request.stop { json.value(text) }
            }
        }
        if request.choices > 1 {
            try refuse(!dialect.knowsSeveralChoices, "n")
            json.member("n", request.choices)
        }
        try writeChatReasoning()
        try writeChatLabels()
        if request.stream {
            json.member("stream", true)
            // Usage is always asked for: it is what the call is charged by.
            json.object("stream_options") { $0.member("include_usage", true) }
        }
        try writeExtensions()
        json.frame("}")
    }

    private mutating func writeChatTools() throws(ModelRequestError) {
        if !request.tools.isEmpty {
            let keepsMarkers = dialect.keepsCacheMarkers
            json.array("tools") { json in
                for tool in request.tools {
                    json.object { json in
                        json.member("type", "function" as StaticString)
                        json.object("function") { Self.writeFunction(tool, to: &$0) }
                        if keepsMarkers { tool.cache?.write(to: &json) }
                    }
                }
            }
            if !keepsMarkers { for (index, tool) in request.tools.enumerated() { adjustCache(tool.cache, "tools[\(index)]") } }
        }
        if let choice = request.toolChoice { try writeChatToolChoice(choice) }
        if let parallel = request.parallelToolCalls {
            if dialect.knowsSerialTools {
                json.member("parallel_tool_calls", parallel)
            } else {
                try refuse(!parallel, "parallel_tool_calls")
            }
        }
    }

    static func writeFunction(_ tool: ModelTool, to json: inout JSONBuilder) {
        json.member("name", tool.name)
        json.member("description", ifPresent: tool.description)
        json.member("parameters", ifPresent: tool.parameters)
        json.member("strict", ifPresent: tool.strict)
    }

    private mutating func writeChatToolChoice(_ choice: ToolChoice) throws(ModelRequestError) {
        switch choice {
        case .automatic: json.member("tool_choice", "auto" as StaticString)
        case .none: json.member("tool_choice", "none" as StaticString)
        case .required:
            try refuse(!dialect.knowsRequiredTools, "tool_choice")
            json.member("tool_choice", "required" as StaticString)
        case .tool(let name):
            json.object("tool_choice") { json in
                json.member("type", "function" as StaticString)
                json.object("function") { $0.member("name", name) }
            }
        case .allowed(let names, let required):
            try refuse(!dialect.knowsAllowedTools, "tool_choice", "allowed_tools")
            json.object("tool_choice") { json in
                json.member("type", "allowed_tools" as StaticString)
                json.object("allowed_tools") { json in
                    json.member("mode", required ? "required" : "auto" as StaticString)
                    json.array("tools") { json in
                        for name in names {
                            json.object { json in
                                json.member("type", "function" as StaticString)
                                json.object("function") { $0.member("name", name) }
                            }
                        }
                    }
                }
            }
        }
    }

    private mutating func writeChatOutput() throws(ModelRequestError) {
        switch request.output {
        case .text: break
        case .jsonObject: json.object("response_format") { $0.member("type", "json_object" as StaticString) }
        case .jsonSchema(let schema):
            try refuse(!dialect.knowsSchemas, "response_format", "json_schema")
            json.object("response_format") { json in
                json.member("type", "json_schema" as StaticString)
                json.object("json_schema") { OpenAIOutputFormat.write(schema, to: &$0) }
            }
        }
        if let verbosity = request.verbosity {
            try refuse(!dialect.knowsVerbosity, "verbosity")
            json.member("verbosity", verbosity)
        }
    }

    private mutating func writeChatSampling() throws(ModelRequestError) {
        let sampling = request.sampling
        json.member("temperature", ifPresent: sampling.temperature)
        json.member("top_p", ifPresent: sampling.topP)
        try refuse(sampling.topK != nil && !dialect.knowsTopK, "top_k")
        json.member("top_k", ifPresent: sampling.topK)
        try refuse(sampling.minP != nil && !dialect.knowsMinP, "min_p")
        json.member("min_p", ifPresent: sampling.minP)
        json.member("frequency_penalty", ifPresent: sampling.frequencyPenalty)
        json.member("presence_penalty", ifPresent: sampling.presencePenalty)
        if let penalty = sampling.repetitionPenalty {
            guard let field = dialect.repetitionPenaltyField else { throw unsupported("repetition_penalty") }
            json.member(field, penalty)
        }
        try refuse(sampling.seed != nil && !dialect.knowsSeed, "seed")
        json.member("seed", ifPresent: sampling.seed)
        json.member("logit_bias", ifPresent: sampling.logitBias)
        if let alternatives = request.logProbabilities {
            json.member("logprobs", true)
            if alternatives > 0 { json.member("top_logprobs", alternatives) }
        }
    }

    private mutating func writeChatLabels() throws(ModelRequestError) {
        if dialect == .openAI || dialect == .openRouter {
            json.member("user", ifPresent: request.user)
        } else if request.user != nil {
            adjust("user", "\(profile.name) keeps no end users")
        }
        if request.metadata != nil { adjustments.append(.labels(profile)) }
        if let tier = request.serviceTier {
            if dialect.knowsServiceTier {
                // Anthropic's word for OpenAI's default.
                json.member("service_tier", tier == "standard_only" ? "default" : tier)
            } else {
                try refuse(!["auto", "default", "standard_only"].contains(tier), "service_tier")
            }
        }
    }
}
