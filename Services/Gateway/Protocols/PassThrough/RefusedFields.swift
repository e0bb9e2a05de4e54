/// Fields of callers' requests by which a call would cost something else than its price, go to another model than the one that
/// was decided on, or have an input that nobody has counted. Everything else a door does not know goes on to the provider as it
/// is; these are refused by name, so that budgets and allow-lists hold.
///
/// Source: the API references of OpenAI (Chat Completions, Responses, "Pricing"), Anthropic (Messages, "Pricing"), OpenRouter
/// ("Model routing", "Provider routing", "Web search"), Alibaba Model Studio (Qwen), Moonshot (Kimi) and xAI ("Live search").
enum RefusedFields {
    private enum Rule {
        /// Never, for that reason.
        case never(String)
        /// Only as one of these texts, or a list of one of them.
        case only([StaticString])
        /// Only as `false`.
        case off(String)
        /// Tools that the caller runs.
        case tools
        /// What is said, without links to what the provider keeps.
        case input
    }

    /// - Throws: `ModelRequestError`, reason `unsupported`, naming the field.
    static func check(_ name: String, _ value: JSONNode, door: Door) throws(ModelRequestError) {
        guard let rule = rules(door)[name], !value.isNull else { return }
        switch rule {
        case .never(let reason): throw value.fault(.unsupported, reason)
        case .only(let values):
            let given = value.isArray ? value.elements : [value]
            guard given.allSatisfy({ node in values.contains { node.equals($0) } }) else {
                let names = values.map(\.description).joined(separator: ", ")
                throw value.fault(.unsupported, "calls are priced for: \(names)")
            }
        case .off(let reason): if value.bool != false { throw value.fault(.unsupported, reason) }
        case .tools: for tool in value.elements { try check(tool: tool, door) }
        case .input:
            for item in value.elements where item["type"]?.equals("item_reference") == true {
                throw item.fault(.unsupported, kept)
            }
        }
    }

    private static func rules(_ door: Door) -> [String: Rule] {
        switch door {
        case .openAIChat, .plain: chat
        case .openAIResponses: responses
        case .anthropic: anthropic
        }
    }

    private static let routed = "the router chooses where a call goes; name one model"
    private static let apiece = "what a provider charges apiece is not in the price of a call"
    private static let kept = "what a provider keeps can not be counted; send the whole conversation"

    /// In every protocol.
    private static let common: [String: Rule] = [
        "tools": .tools, "models": .never(routed), "fallbacks": .never(routed), "provider": .never(routed),
        "route": .never(routed), "preset": .never(routed), "plugins": .never(apiece), "web_search_options": .never(apiece),
        "search_parameters": .never(apiece), "enable_search": .off(apiece), "search_options": .never(apiece),
    ]

    private static let openAI: [String: Rule] = common.merging([
        // `flex` is cheaper, and charged like the rest.
        "service_tier": .only(["auto", "default", "standard", "standard_only", "flex"]), "modalities": .only(["text"]),
        "audio": .never(apiece), "store": .off("answers are kept by nobody; keep the conversation yourself"),
    ]) { $1 }

    private static let chat = openAI.merging(["deferred": .off("answers are not fetched later")]) { $1 }

    private static let responses = openAI.merging([
        "background": .off("answers are not fetched later; leave it out"), "previous_response_id": .never(kept),
        "conversation": .never(kept), "prompt": .never(kept), "input": .input,
    ]) { $1 }

    private static let anthropic: [String: Rule] = common.merging([
        "service_tier": .only(["auto", "standard_only"]), "speed": .only(["standard"]), "inference_geo": .only(["global"]),
        "mcp_servers": .never("the provider would call servers that nobody has allowed"), "container": .never(apiece),
    ]) { $1 }

    private static func check(tool: JSONNode, _ door: Door) throws(ModelRequestError) {
        guard let kind = tool.present("type")?.string else { return }
        let isCallers =
            switch door {
            case .openAIChat, .plain: ["function", "custom"].contains(kind)
            case .openAIResponses: ["function", "custom", "local_shell", "apply_patch"].contains(kind)
            case .anthropic: kind == "custom" || ["bash_", "text_editor_", "computer_", "memory_"].contains { kind.hasPrefix($0) }
            }
        guard !isCallers else { return }
        let name = String(kind.unicodeScalars.prefix(60).map(Character.init))
        throw (tool["type"] ?? tool).fault(.unsupported, "tools that the provider runs (\(name)) are not in the price of a call")
    }
}
