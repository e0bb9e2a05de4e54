import Primitives

/// Reads the body of `POST /llm/chat` and `POST /llm/stream`: a `prompt`, or `messages` as in OpenAI's protocol, and settings
/// under the names most people know. Fields it does not know are kept as extensions of the family `plain`: the router takes its
/// wishes from there.
enum PlainRequestDecoder {
    static func decode(_ body: Bytes) throws(ModelRequestError) -> ModelRequest {
        let root = try JSONTape.request(body).root.checkedObject()
        var request = ModelRequest(model: "auto", messages: [])
        request.includeUsage = true
        if let system = try root.present("system")?.checkedString() { request.messages.append(ModelMessage(.system, system)) }
        if let messages = root.present("messages") {
            for message in try messages.checkedElements() { request.messages.append(try OpenAIChatMessageDecoder.decode(message)) }
        }
        if let prompt = try root.present("prompt")?.checkedString() { request.messages.append(ModelMessage(.user, prompt)) }
        guard request.messages.contains(where: { $0.role != .system }) else {
            throw ModelRequestError(.missing, field: "messages", "messages: give messages or a prompt")
        }
        try root.checkedMembers { (name, value) throws(ModelRequestError) in
            if try !OpenAIChatRequestDecoder.sampling(name, value, &request.sampling) { try field(name, value, &request) }
        }
        return request
    }

    private static func field(_ name: String, _ value: JSONNode, _ request: inout ModelRequest) throws(ModelRequestError) {
        switch name {
        case "system", "messages", "prompt": break
        case "model": request.model = try value.checkedString()
        case "stream": request.stream = try value.checkedBool()
        case "max_tokens": request.maximumTokens = try value.checkedInteger(in: ModelRequest.tokenRange)
        case "stop":
            for text in try value.checkedElements() { request.stop.append(try text.checkedString()) }
        case "tools":
            for tool in try value.checkedElements() {
                // The wrapping object of OpenAI's form may be left out.
                request.tools.append(
                    try tool.present("function") == nil ? OpenAIToolDecoder.function(tool) : OpenAIToolDecoder.tool(tool))
            }
        case "tool_choice": request.toolChoice = try OpenAIToolDecoder.choice(value)
        case "response_format": request.output = try OpenAIOutputFormat.decode(value)
        case "reasoning_effort": request.reasoning = Reasoning(effort: try OpenAIChatRequestDecoder.effort(value))
        case "user": request.user = try value.checkedString()
        case "metadata": request.metadata = try value.checkedObject().raw
        default: request.extensions.append(ProtocolExtension(family: .plain, name: name, value: value.raw))
        }
    }
}
