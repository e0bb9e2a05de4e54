import Primitives

/// Reads the body of `POST /v1/responses` as OpenAI's SDKs send it.
/// Source: OpenAI API reference, "Create a model response".
enum ResponsesRequestDecoder {
    static func decode(_ body: Bytes) throws(ModelRequestError) -> ModelRequest {
        let root = try JSONTape.request(body).root.checkedObject()
        var request = ModelRequest(model: try root.required("model").checkedString(), messages: [])
        request.includeUsage = true
        if let instructions = try root.present("instructions")?.checkedString() {
            request.messages.append(ModelMessage(.system, instructions))
        }
        let input = try root.required("input")
        if let text = input.string {
            request.messages.append(ModelMessage(.user, text))
        } else {
            let items = try input.checkedElements()
            guard !items.isEmpty else { throw input.fault(.invalid, "at least one item is needed") }
            for item in items { try ResponsesItemDecoder.append(item, to: &request.messages) }
        }
        try root.checkedMembers { (name, value) throws(ModelRequestError) in try field(name, value, &request) }
        return request
    }

    private static func field(_ name: String, _ value: JSONNode, _ request: inout ModelRequest) throws(ModelRequestError) {
        switch name {
        case "model", "instructions", "input": break
        case "stream": request.stream = try value.checkedBool()
        // Padding against listeners is left to the transport's encryption.
        case "stream_options": _ = try value.checkedObject()
        case "max_output_tokens": request.maximumTokens = try value.checkedInteger(in: ModelRequest.tokenRange)
        case "temperature": request.sampling.temperature = try value.checkedNumber(in: 0...2)
        case "top_p": request.sampling.topP = try value.checkedNumber(in: 0...1)
        case "top_logprobs":
            let alternatives = try value.checkedInteger(in: 0...20)
            if alternatives > 0 { request.logProbabilities = alternatives }
        case "tools":
            for tool in try value.checkedElements() {
                let kind = try tool.required("type")
                guard kind.equals("function") else { throw kind.fault(.unsupported, "only tools of type function are known") }
                request.tools.append(try OpenAIToolDecoder.function(tool))
            }
        case "tool_choice": request.toolChoice = try OpenAIToolDecoder.choice(value)
        case "parallel_tool_calls": request.parallelToolCalls = try value.checkedBool()
        case "text":
            if let format = value.present("format") { request.output = try OpenAIOutputFormat.decode(format) }
            request.verbosity = try value.present("verbosity")?.checkedString()
        case "reasoning":
            var reasoning = Reasoning()
            if let effort = value.present("effort") { reasoning.effort = try OpenAIChatRequestDecoder.effort(effort) }
            reasoning.summary = try value.present("summary")?.checkedString()
            request.reasoning = reasoning
        case "user": request.user = try value.checkedString()
        case "metadata": request.metadata = try value.checkedObject().raw
        case "service_tier": request.serviceTier = try value.checkedString()
        default: request.extensions.append(ProtocolExtension(family: .openAIResponses, name: name, value: value.raw))
        }
    }
}
