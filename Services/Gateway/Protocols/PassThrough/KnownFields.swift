/// The fields that a door's callers may give, each with what may stand in it. A field that is not known here is refused by name: it
/// might cost something else than the price of the call, go to another model than the one that was decided on, or have an input
/// that nobody has counted; budgets and allow-lists would not hold.
///
/// Source: the API references and SDKs of OpenAI (Chat Completions, Responses, Embeddings, "Pricing") and Anthropic (Messages,
/// "Pricing"); of what speaks OpenAI's protocol, those of llama.cpp's server, vLLM, SGLang, LM Studio, OpenRouter ("Model routing",
/// "Provider routing", "Web search"), DeepSeek, Alibaba Model Studio (Qwen), Moonshot (Kimi), Mistral, Groq, Fireworks and xAI
/// ("Live search").
enum KnownFields {
    enum Rule {
        /// Goes on to the provider as it is.
        case free
        /// Does not go on; the caller is told why.
        case unsent(String)
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

    /// Why a field of a call does not go on to any provider; `nil` for one that does.
    static func reasonUnsent(_ name: String, door: Door) -> String? {
        if case .unsent(let reason)? = rules(door)[name] { reason } else { nil }
    }

    /// Most bytes of a caller's text that an error repeats.
    private static let repeatedBytes = 60

    /// Checks a field of a call of a model.
    /// - Throws: `ModelRequestError`, reason `unknownField` or `unsupported`, naming the field.
    static func check(_ name: String, _ value: JSONNode, door: Door) throws(ModelRequestError) {
        try check(name, value, rules(door)[name], door)
    }

    /// Checks a field of a call for vectors.
    /// - Throws: as `check(_:_:door:)`.
    static func checkEmbedding(_ name: String, _ value: JSONNode) throws(ModelRequestError) {
        try check(name, value, embeddings[name], .openAIChat)
    }

    private static func check(_ name: String, _ value: JSONNode, _ rule: Rule?, _ door: Door) throws(ModelRequestError) {
        guard let rule else {
            let field = String(name.unicodeScalars.prefix(repeatedBytes).map(Character.init))
            throw ModelRequestError(.unknownField, field: field, "\(field): this field is not known here; leave it out")
        }
        switch rule {
        case .free, .unsent: break
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
            for item in value.elements where isReference(item) { throw item.fault(.unsupported, kept) }
        }
    }

    /// An item with nothing but an identifier is a reference, too ("type" may be left out).
    private static func isReference(_ item: JSONNode) -> Bool {
        guard let kind = item.present("type") else { return item.present("role") == nil && item.present("id") != nil }
        return kind.equals("item_reference")
    }

    private static func rules(_ door: Door) -> [String: Rule] {
        switch door {
        case .openAIChat, .plain: chat
        case .openAIResponses: responses
        case .anthropic: anthropic
        }
    }

    private static func check(tool: JSONNode, _ door: Door) throws(ModelRequestError) {
        guard let kind = tool.present("type")?.string else { return }
        let isCallers =
            switch door {
            case .openAIChat, .plain: ["function", "custom"].contains(kind)
            case .openAIResponses: ["function", "custom", "local_shell", "apply_patch"].contains(kind)
            case .anthropic: kind == "custom" || ["bash_", "text_editor_", "computer_", "memory_"].contains { kind.hasPrefix($0) }
            }
        guard !isCallers else { return }
        let name = String(kind.unicodeScalars.prefix(repeatedBytes).map(Character.init))
        throw (tool["type"] ?? tool).fault(.unsupported, "tools that the provider runs (\(name)) are not in the price of a call")
    }
}
