/// The model asks for a tool.
package struct ToolCall: Sendable, Hashable {
    /// Joins the call and its result.
    package var id: String
    /// The tool's name.
    package var name: String
    /// The arguments as JSON text, which a model may have got wrong.
    package var arguments: String
    /// The provider's proof of the reasoning behind the call, to be sent back with it.
    package var signature: String?
    /// Where the provider should cache the prompt up to; nil for nowhere.
    package var cache: CacheMarker?

    package init(id: String, name: String, arguments: String, signature: String? = nil, cache: CacheMarker? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.signature = signature
        self.cache = cache
    }

    /// The arguments when they are a JSON object; no text at all counts as an empty one.
    package var checkedArguments: RawJSON? {
        if arguments.allSatisfy(\.isWhitespace) { return .emptyObject }
        guard let tape = try? JSONTape(parsing: Array(arguments.utf8)), tape.root.isObject else { return nil }
        return RawJSON(unchecked: tape.bytes)
    }

    /// The arguments as an object for an answer: what a model got wrong is handed on as one text member, `invalid_arguments`.
    var argumentsOrText: RawJSON {
        if let checkedArguments { return checkedArguments }
        var json = JSONBuilder()
        json.object { $0.member("invalid_arguments", arguments) }
        return RawJSON(unchecked: json.bytes)
    }
}

/// What a tool gave.
package struct ToolResult: Sendable, Hashable {
    /// The identifier of the call that is answered.
    package var callID: String
    /// Texts, images and files.
    package var content: [ContentPart]
    /// Whether the tool failed.
    package var isError = false
    /// Where the provider should cache the prompt up to; nil for nowhere.
    package var cache: CacheMarker?

    package init(callID: String, content: [ContentPart], isError: Bool = false, cache: CacheMarker? = nil) {
        self.callID = callID
        self.content = content
        self.isError = isError
        self.cache = cache
    }
}

/// What the model thought before it answered.
package struct ReasoningPart: Sendable, Hashable {
    /// The thoughts; empty when only a proof of them is shown.
    package var text: String
    /// The provider's proof that the text is its own, to be sent back with it.
    package var signature: String?
    /// Reasoning that only the provider can read.
    package var encrypted: String?
    /// The item's identifier in the provider's own protocol.
    package var id: String?

    package init(_ text: String, signature: String? = nil, encrypted: String? = nil, id: String? = nil) {
        self.text = text
        self.signature = signature
        self.encrypted = encrypted
        self.id = id
    }
}
