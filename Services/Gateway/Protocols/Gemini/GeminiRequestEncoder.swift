import Primitives

/// Writes a call for Google's Gemini API.
/// Source: Gemini API reference, `models.generateContent` and `models.streamGenerateContent`, v1beta.
enum GeminiRequestEncoder {
    static func encode(_ request: ModelRequest, model: String, profile: ProviderProfile) throws(ModelRequestError) -> ProviderCall {
        var encoding = RequestEncoding(request, model: model, profile: profile)
        try encoding.writeGeminiRequest()
        let method = request.stream ? "streamGenerateContent?alt=sse" : "generateContent"
        return ProviderCall(
            path: path(model: model, method: method), headers: [.init(name: "content-type", value: "application/json")],
            body: encoding.json.bytes, adjustments: encoding.adjustments)
    }

    /// The path of a model's method; names with their own folder, such as `tunedModels/x`, stay as they are.
    static func path(model: String, method: String) -> String {
        let name = model.contains("/") ? model : "models/" + model
        return "/v1beta/\(PathEscaping.escaped(name)):\(method)"
    }
}

/// Percent-encoding of path segments (RFC 3986): a model's name must not become another path.
enum PathEscaping {
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return escaped
    }
}

extension RequestEncoding {
    fileprivate mutating func writeGeminiRequest() throws(ModelRequestError) {
        json.frame("{")
        try writeGeminiContents()
        try writeGeminiTools()
        json.key("generationConfig")
        json.frame("{")
        try writeGeminiSampling()
        try writeGeminiOutput()
        try writeGeminiThinking()
        json.frame("}")
        if request.user != nil { adjust("user", "gemini keeps no end users") }
        if request.metadata != nil { adjust("metadata", "gemini keeps no labels") }
        switch request.serviceTier {
        case nil, "auto", "default", "standard_only": break
        case "flex", "priority": json.member("serviceTier", ifPresent: request.serviceTier)
        default: throw unsupported("service_tier")
        }
        try writeExtensions()
        json.frame("}")
    }

    private mutating func writeGeminiTools() throws(ModelRequestError) {
        try refuse(request.parallelToolCalls == false, "parallel_tool_calls")
        guard !request.tools.isEmpty else { return }
        json.array("tools") { json in
            json.object { json in
                json.array("functionDeclarations") { json in
                    for tool in request.tools {
                        json.object { json in
                            json.member("name", tool.name)
                            json.member("description", ifPresent: tool.description)
                            json.member("parametersJsonSchema", ifPresent: tool.parameters)
                        }
                    }
                }
            }
        }
        for (index, tool) in request.tools.enumerated() { adjustCache(tool.cache, "tools[\(index)]") }
        // VALIDATED is AUTO with arguments that fit their schemas; ANY always makes them fit.
        let free: StaticString = request.tools.contains { $0.strict == true } ? "VALIDATED" : "AUTO"
        switch request.toolChoice {
        case nil, .automatic?: writeGeminiMode(free, [])
        case .none?: writeGeminiMode("NONE", [])
        case .required?: writeGeminiMode("ANY", [])
        case .tool(let name)?: writeGeminiMode("ANY", [name])
        case .allowed(let names, let required)?: writeGeminiMode(required ? "ANY" : "VALIDATED", names)
        }
    }

    private mutating func writeGeminiMode(_ mode: StaticString, _ names: [String]) {
        json.object("toolConfig") { json in
            json.object("functionCallingConfig") { json in
                json.member("mode", mode)
                guard !names.isEmpty else { return }
                json.array("allowedFunctionNames") { json in
                    for name in names { json.value(name) }
                }
            }
        }
    }

    private mutating func writeGeminiSampling() throws(ModelRequestError) {
        let sampling = request.sampling
        json.member("temperature", ifPresent: sampling.temperature)
        json.member("topP", ifPresent: sampling.topP)
        json.member("topK", ifPresent: sampling.topK.flatMap { $0 > 0 ? $0 : nil })
        json.member("presencePenalty", ifPresent: sampling.presencePenalty)
        json.member("frequencyPenalty", ifPresent: sampling.frequencyPenalty)
        json.member("seed", ifPresent: sampling.seed)
        try refuse(sampling.minP ?? 0 != 0, "min_p")
        try refuse(sampling.repetitionPenalty ?? 1 != 1, "repetition_penalty")
        try refuse(sampling.logitBias.map { $0 != .emptyObject } ?? false, "logit_bias")
        try refuse(request.logProbabilities != nil, "logprobs")
        json.member("maxOutputTokens", ifPresent: request.maximumTokens)
        if request.choices > 1 { json.member("candidateCount", request.choices) }
        if !request.stop.isEmpty {
            json.array("stopSequences") { json in
                for text in request.stop { json.value(text) }
            }
        }
    }

    private mutating func writeGeminiOutput() throws(ModelRequestError) {
        try refuse(request.verbosity ?? "medium" != "medium", "verbosity")
        switch request.output {
        case .text: break
        case .jsonObject: json.member("responseMimeType", "application/json" as StaticString)
        case .jsonSchema(let schema):
            json.member("responseMimeType", "application/json" as StaticString)
            json.member("responseJsonSchema", schema.schema)
        }
    }

    private mutating func writeGeminiThinking() throws(ModelRequestError) {
        guard let reasoning = request.reasoning else { return }
        let level: StaticString? =
            switch reasoning.effort {
            case nil: nil
            case Reasoning.Effort.none?, .minimal?: "MINIMAL"
            case .low?: "LOW"
            case .medium?: "MEDIUM"
            case .high?, .xhigh?, .max?: "HIGH"
            }
        json.object("thinkingConfig") { json in
            if let budget = reasoning.budget {
                json.member("thinkingBudget", budget)
            } else if profile.reasoningStyle == .level, let level {
                json.member("thinkingLevel", level)
            } else if let effort = reasoning.effort {
                json.member("thinkingBudget", effort.budget ?? 0)
            } else {
                // -1 leaves the amount to the model.
                json.member("thinkingBudget", -1)
            }
            if !reasoning.isOff { json.member("includeThoughts", true) }
        }
        if profile.reasoningStyle == .level, reasoning.effort == Reasoning.Effort.none {
            adjust("reasoning_effort", "thinking can not be switched off here; the lowest level is used")
        }
    }
}
