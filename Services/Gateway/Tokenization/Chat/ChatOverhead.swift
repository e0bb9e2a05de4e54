import Primitives

/// What a chat request costs besides its texts, by provider.
enum ChatOverhead {
    /// OpenAI: three tokens around each message, one for a name, three that begin the answer (the cookbook's "How to count
    /// tokens with tiktoken", section 6, for all models since gpt-3.5-turbo-0613).
    ///
    /// - Parameter count: how many tokens a text has.
    static func openAI(_ chat: ChatShape, count: (String) throws -> Int) rethrows -> Int {
        var tokens = 3
        var isFirstSystem = !chat.tools.isEmpty
        for message in chat.messages {
            var text = message.text
            // Tools stand below the first system message, on a line of their own.
            if isFirstSystem, isSystem(message) {
                if !text.hasSuffix("\n") { text += "\n" }
                isFirstSystem = false
            }
            tokens += try 3 + count(message.role) + count(text)
            if let name = message.name { tokens += try 1 + count(name) }
            for call in message.toolCalls { tokens += try 3 + count(call.name) + count(call.arguments) }
        }
        return tokens
    }

    /// OpenAI's tools: their declaration and nine tokens around it, four less beside a system message, which they share.
    static func openAITools(_ chat: ChatShape, count: (String) throws -> Int) rethrows -> Int {
        if chat.tools.isEmpty { return 0 }
        return try count(ToolDeclaration(chat.tools).text) + (chat.messages.contains(where: isSystem) ? 5 : 9)
    }

    /// Every other provider: some tokens around each message and for the beginning of the answer.
    static func plain(_ chat: ChatShape, perMessage: Int, begin: Int, count: (String) throws -> Int) rethrows -> Int {
        var tokens = begin
        for message in chat.messages {
            tokens += try perMessage + count(message.text)
            if let name = message.name { tokens += try count(name) }
            for call in message.toolCalls { tokens += try perMessage + count(call.name) + count(call.arguments) }
        }
        return tokens
    }

    /// Tools as JSON: name, description and schema.
    static func plainTools(_ tools: [ChatShape.Tool], count: (String) throws -> Int) rethrows -> Int {
        try tools.reduce(0) { tokens, tool in
            let schema = String(decoding: tool.schema.serialized(), as: UTF8.self)
            return try tokens + count(tool.name) + count(tool.description ?? "") + count(schema)
        }
    }

    /// The system prompt that Anthropic adds as soon as there are tools (its "Tool use", pricing).
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - mustCallTool: `tool_choice` is `any` or `tool`, not `auto` or `none`.
    static func claudeToolPrompt(model: String, mustCallTool: Bool) -> Int {
        let documented: [(part: String, free: Int, forced: Int)] = [
            ("3-opus", 530, 281), ("3-sonnet", 159, 235), ("3-haiku", 264, 340), ("3-5-haiku", 264, 340),
        ]
        let numbers = documented.first { model.contains($0.part) } ?? ("", 346, 313)
        return mustCallTool ? numbers.forced : numbers.free
    }

    private static func isSystem(_ message: ChatShape.Message) -> Bool { message.role == "system" || message.role == "developer" }
}
