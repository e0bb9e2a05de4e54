import Primitives

/// Reads the body of `POST /v1/messages` and `POST /v1/messages/count_tokens` as Anthropic's SDKs send it.
/// Source: Anthropic API reference, "Create a message", version 2023-06-01.
enum AnthropicRequestDecoder {
    /// - Parameter counting: the call only counts tokens, and needs no `max_tokens`.
    static func decode(_ body: Bytes, counting: Bool) throws(ModelRequestError) -> ModelRequest {
        let root = try JSONTape.request(body).root.checkedObject()
        var request = ModelRequest(model: try root.required("model").checkedString(), messages: [])
        // Usage is part of every stream of this protocol.
        request.includeUsage = true
        if !counting { request.maximumTokens = try root.required("max_tokens").checkedInteger(in: ModelRequest.tokenRange) }
        if let system = root.present("system") {
            request.messages.append(ModelMessage(.system, try AnthropicBlockDecoder.texts(system)))
        }
        let messages = try root.required("messages")
        let elements = try messages.checkedElements()
        guard !elements.isEmpty else { throw messages.fault(.invalid, "at least one message is needed") }
        for element in elements { try AnthropicBlockDecoder.append(element, to: &request.messages) }
        try root.checkedMembers { (name, value) throws(ModelRequestError) in try field(name, value, &request) }
        return request
    }

    private static func field(_ name: String, _ value: JSONNode, _ request: inout ModelRequest) throws(ModelRequestError) {
        switch name {
        case "model", "max_tokens", "system", "messages": break
        case "stream": request.stream = try value.checkedBool()
        case "temperature": request.sampling.temperature = try value.checkedNumber(in: 0...1)
        case "top_p": request.sampling.topP = try value.checkedNumber(in: 0...1)
        case "top_k": request.sampling.topK = try value.checkedInteger()
        case "stop_sequences":
            for text in try value.checkedElements() { request.stop.append(try text.checkedString()) }
        case "tools":
            for tool in try value.checkedElements() { request.tools.append(try self.tool(tool)) }
        case "tool_choice": try toolChoice(value, &request)
        case "thinking": try thinking(value, &request)
        case "output_config": try outputConfiguration(value, &request)
        case "metadata":
            try value.checkedMembers { (name, member) throws(ModelRequestError) in
                guard !OwnLabels.contains(name) else { return }
                guard name == "user_id" else { throw member.unknown() }
                request.user = try member.checkedString()
            }
        case "service_tier": request.serviceTier = try value.checkedString()
        default: request.extensions.append(ProtocolExtension(family: .anthropic, name: name, value: value.raw))
        }
    }

    private static func tool(_ node: JSONNode) throws(ModelRequestError) -> ModelTool {
        if let kind = node.present("type"), !kind.equals("custom") {
            throw kind.fault(.unsupported, "only tools of the caller's own are known")
        }
        let name = try node.required("name")
        var tool = ModelTool(name: try name.checkedString())
        guard !tool.name.isEmpty else { throw name.fault(.invalid, "a tool needs a name") }
        tool.parameters = try node.required("input_schema").checkedObject().raw
        try node.checkedMembers { (name, value) throws(ModelRequestError) in
            switch name {
            case "name", "type", "input_schema": break
            // How arguments are streamed does not change them.
            case "eager_input_streaming": break
            case "description": tool.description = try value.checkedString()
            case "strict": tool.strict = try value.checkedBool()
            case "cache_control": tool.cache = try CacheMarker.decode(node)
            default: throw value.fault(.unsupported, "this field of a tool is not supported")
            }
        }
        return tool
    }

    private static func toolChoice(_ node: JSONNode, _ request: inout ModelRequest) throws(ModelRequestError) {
        let kind = try node.required("type")
        switch try kind.checkedString() {
        case "auto": request.toolChoice = .automatic
        case "any": request.toolChoice = .required
        case "none": request.toolChoice = ToolChoice.none
        case "tool": request.toolChoice = .tool(name: try node.required("name").checkedString())
        default: throw kind.fault(.outOfRange, "the types are: auto, any, tool, none")
        }
        if let serial = try node.present("disable_parallel_tool_use")?.checkedBool() { request.parallelToolCalls = !serial }
    }

    private static func thinking(_ node: JSONNode, _ request: inout ModelRequest) throws(ModelRequestError) {
        var reasoning = request.reasoning ?? Reasoning()
        let kind = try node.required("type")
        switch try kind.checkedString() {
        case "enabled":
            let range = 1024...ModelRequest.tokenRange.upperBound
            reasoning.budget = try node.required("budget_tokens").checkedInteger(in: range)
        case "adaptive": reasoning.isAdaptive = true
        case "disabled": reasoning.effort = Reasoning.Effort.none
        default: throw kind.fault(.unsupported, "the types are: enabled, adaptive, disabled")
        }
        reasoning.summary = try node.present("display")?.checkedString()
        request.reasoning = reasoning
    }

    private static func outputConfiguration(_ node: JSONNode, _ request: inout ModelRequest) throws(ModelRequestError) {
        try node.checkedMembers { (name, value) throws(ModelRequestError) in
            switch name {
            case "effort":
                var reasoning = request.reasoning ?? Reasoning()
                // Thinking switched off stays off.
                if reasoning.effort == nil { reasoning.effort = try OpenAIChatRequestDecoder.effort(value) }
                request.reasoning = reasoning
            case "format":
                let kind = try value.required("type")
                guard kind.equals("json_schema") else { throw kind.fault(.outOfRange, "the only type is json_schema") }
                let schema = try value.required("schema").checkedObject().raw
                request.output = .jsonSchema(OutputSchema(name: "answer", schema: schema, strict: true))
            default: throw value.fault(.unsupported, "this field is not supported")
            }
        }
    }
}
