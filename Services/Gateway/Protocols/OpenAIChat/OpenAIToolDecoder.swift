/// Reads tools and the choice among them from OpenAI's chat requests.
enum OpenAIToolDecoder {
    static func tool(_ node: JSONNode) throws(ModelRequestError) -> ModelTool {
        let kind = try node.required("type")
        guard kind.equals("function") else { throw kind.fault(.unsupported, "only tools of type function are known") }
        var tool = try function(node.required("function"))
        tool.cache = try CacheMarker.decode(node)
        return tool
    }

    /// Reads name, description, parameters and strict, in whichever object they are.
    static func function(_ node: JSONNode) throws(ModelRequestError) -> ModelTool {
        let name = try node.required("name")
        var tool = ModelTool(name: try name.checkedString())
        guard !tool.name.isEmpty else { throw name.fault(.invalid, "a tool needs a name") }
        tool.description = try node.present("description")?.checkedString()
        tool.parameters = try node.present("parameters")?.checkedObject().raw
        tool.strict = try node.present("strict")?.checkedBool()
        return tool
    }

    static func choice(_ node: JSONNode) throws(ModelRequestError) -> ToolChoice {
        if node.isString {
            if node.equals("auto") { return .automatic }
            if node.equals("none") { return .none }
            if node.equals("required") { return .required }
            throw node.fault(.outOfRange, "the choices are: auto, none, required, or an object")
        }
        let kind = try node.required("type")
        if kind.equals("function") {
            // The chat protocol puts the name into `function`, the responses protocol beside the type.
            return .tool(name: try (node.present("function") ?? node).required("name").checkedString())
        }
        guard kind.equals("allowed_tools") else { throw kind.fault(.unsupported, "only function and allowed_tools are known") }
        let allowed = node.present("allowed_tools") ?? node
        var names: [String] = []
        for tool in try allowed.required("tools").checkedElements() {
            names.append(try (tool.present("function") ?? tool).required("name").checkedString())
        }
        return .allowed(names: names, required: try allowed.required("mode").equals("required"))
    }
}

extension CacheMarker {
    /// Reads `cache_control` of a part, as Anthropic's protocol and some of OpenAI's dialects have it.
    static func decode(_ node: JSONNode) throws(ModelRequestError) -> CacheMarker? {
        guard let control = node.present("cache_control") else { return nil }
        let kind = try control.required("type")
        guard kind.equals("ephemeral") else { throw kind.fault(.outOfRange, "the only type is ephemeral") }
        return CacheMarker(timeToLive: try control.present("ttl")?.checkedString())
    }

    func write(to json: inout JSONBuilder) {
        json.object("cache_control") {
            $0.member("type", "ephemeral" as StaticString)
            $0.member("ttl", ifPresent: timeToLive)
        }
    }
}
