import Primitives

/// Reads the body of `POST /v1/chat/completions` as OpenAI's SDKs send it.
/// Source: OpenAI API reference, "Create chat completion".
enum OpenAIChatRequestDecoder {
    static func decode(_ body: Bytes) throws(ModelRequestError) -> ModelRequest {
        let root = try JSONTape.request(body).root.checkedObject()
        let model = try root.required("model").checkedString()
        var request = ModelRequest(model: model, messages: [])
        request.messages = try messages(root.required("messages"))
        try root.checkedMembers { (name, value) throws(ModelRequestError) in
            if try !core(name, value, &request), try !sampling(name, value, &request.sampling) {
                try rest(name, value, root, &request)
            }
        }
        if let alternatives = root.present("top_logprobs"), root.present("logprobs")?.bool != true {
            guard alternatives.integer == 0 else { throw alternatives.fault(.invalid, "logprobs must be true as well") }
            request.logProbabilities = nil
        }
        return request
    }

    private static func messages(_ node: JSONNode) throws(ModelRequestError) -> [ModelMessage] {
        let elements = try node.checkedElements()
        guard !elements.isEmpty else { throw node.fault(.invalid, "at least one message is needed") }
        var messages: [ModelMessage] = []
        messages.reserveCapacity(elements.count)
        for element in elements { messages.append(try OpenAIChatMessageDecoder.decode(element)) }
        return messages
    }

    private static func core(_ name: String, _ value: JSONNode, _ request: inout ModelRequest) throws(ModelRequestError) -> Bool {
        switch name {
        case "model", "messages": break
        case "stream": request.stream = try value.checkedBool()
        case "stream_options": request.includeUsage = try value.checkedObject().present("include_usage")?.checkedBool() ?? false
        case "max_tokens":
            // The newer name wins when both are there.
            if request.maximumTokens == nil { request.maximumTokens = try value.checkedInteger(in: ModelRequest.tokenRange) }
        case "max_completion_tokens": request.maximumTokens = try value.checkedInteger(in: ModelRequest.tokenRange)
        case "tools":
            for tool in try value.checkedElements() { request.tools.append(try OpenAIToolDecoder.tool(tool)) }
        case "tool_choice": request.toolChoice = try OpenAIToolDecoder.choice(value)
        case "parallel_tool_calls": request.parallelToolCalls = try value.checkedBool()
        case "response_format": request.output = try OpenAIOutputFormat.decode(value)
        case "n": request.choices = try value.checkedInteger(in: 1...128)
        case "stop": request.stop = try stop(value)
        case "logprobs":
            if try value.checkedBool(), request.logProbabilities == nil { request.logProbabilities = 0 }
        case "top_logprobs": request.logProbabilities = try value.checkedInteger(in: 0...20)
        default: return false
        }
        return true
    }

    static func sampling(_ name: String, _ value: JSONNode, _ sampling: inout Sampling) throws(ModelRequestError) -> Bool {
        switch name {
        case "temperature": sampling.temperature = try value.checkedNumber(in: 0...2)
        case "top_p": sampling.topP = try value.checkedNumber(in: 0...1)
        case "top_k": sampling.topK = try value.checkedInteger(in: -1...Int.max)
        case "min_p": sampling.minP = try value.checkedNumber(in: 0...1)
        case "frequency_penalty": sampling.frequencyPenalty = try value.checkedNumber(in: -2...2)
        case "presence_penalty": sampling.presencePenalty = try value.checkedNumber(in: -2...2)
        case "repetition_penalty": sampling.repetitionPenalty = try value.checkedNumber(in: 0...10)
        case "seed": sampling.seed = try value.checkedInteger(in: Int.min...Int.max)
        case "logit_bias": sampling.logitBias = try value.checkedObject().raw
        default: return false
        }
        return true
    }

    private static func rest(
        _ name: String, _ value: JSONNode, _ root: JSONNode, _ request: inout ModelRequest
    ) throws(ModelRequestError) {
        switch name {
        case "reasoning_effort": request.reasoning = Reasoning(effort: try effort(value))
        case "verbosity": request.verbosity = try value.checkedString()
        case "user": request.user = try value.checkedString()
        case "metadata": request.metadata = try value.checkedObject().raw
        case "service_tier": request.serviceTier = try value.checkedString()
        case "functions", "function_call":
            throw value.fault(.unsupported, "functions were replaced by tools; use tools and tool_choice")
        default:
            request.extensions.append(ProtocolExtension(family: .openAIChat, name: name, value: value.raw))
        }
    }

    static func effort(_ value: JSONNode) throws(ModelRequestError) -> Reasoning.Effort {
        guard let effort = Reasoning.Effort(rawValue: try value.checkedString()) else {
            let names = Reasoning.Effort.allCases.map(\.rawValue).joined(separator: ", ")
            throw value.fault(.outOfRange, "the efforts are: \(names)")
        }
        return effort
    }

    private static func stop(_ value: JSONNode) throws(ModelRequestError) -> [String] {
        if let text = value.string { return [text] }
        guard value.isArray else { throw value.wrongType("a string or an array of strings") }
        var stop: [String] = []
        for element in value.elements { stop.append(try element.checkedString()) }
        return stop
    }
}

extension JSONTape {
    /// Reads a caller's body.
    static func request(_ body: Bytes) throws(ModelRequestError) -> JSONTape {
        do throws(JSONSyntaxError) {
            return try JSONTape(parsing: body)
        } catch {
            throw ModelRequestError(error)
        }
    }
}
