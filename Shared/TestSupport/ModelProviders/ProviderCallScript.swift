import HTTP
import Primitives

/// One request to the stand-in and what its protocol makes of the answer.
struct ProviderCallScript: Sendable {
    enum Wire: Sendable {
        case openAI, responses, embeddings, anthropic, ollama, ollamaEmbeddings, gemini
    }

    let wire: Wire
    /// The service's own way of speaking OpenAI's chat protocol; `nil` for OpenAI itself.
    let dialect: ProviderDialect?
    let body: JSONValue
    let turn: ModelProviderServer.Turn
    private let path: String

    init(path: String, body: JSONValue, turn: ModelProviderServer.Turn) {
        (self.path, self.body, self.turn) = (path, body, turn)
        let dialect = ProviderDialect.allCases.first { $0.path == path }
        self.dialect = dialect
        wire =
            switch path {
            case _ where dialect != nil: .openAI
            case "/v1/chat/completions": .openAI
            case "/v1/responses": .responses
            case "/v1/embeddings": .embeddings
            case "/v1/messages": .anthropic
            case "/api/chat": .ollama
            case "/api/embed": .ollamaEmbeddings
            default: .gemini
            }
    }

    var streams: Bool {
        switch wire {
        case .openAI, .responses, .anthropic: body["stream"]?.boolValue == true
        case .ollama: body["stream"]?.boolValue ?? true
        case .gemini: path.contains("streamGenerateContent")
        case .embeddings, .ollamaEmbeddings: false
        }
    }

    var streamType: String { wire == .ollama ? "application/x-ndjson" : "text/event-stream" }
    /// The reason to finish that it gives up with.
    var surrender: JSONValue? { if case .giveUp(let reason) = turn { .string(reason) } else { nil } }
    /// How many answers it gives.
    var choices: Int { body["n"]?.integerValue.map { Int($0) } ?? 1 }

    /// The reason to finish that it gives up one of several answers with.
    func surrender(of choice: Int) -> JSONValue? {
        if case .giveUpFirst(let reason) = turn, choice == 0 { .string(reason) } else { surrender }
    }

    /// Tokens of thoughts beside those of the answer.
    var thoughts: Int { if case .think(let tokens, _) = turn { tokens } else { 0 } }

    var tellsUsage: Bool { if case .withoutUsage = turn { false } else { true } }

    /// The words, one piece each.
    var pieces: [String] {
        var text = ModelProviderServer.reply
        if case .say(let other) = turn { text = other }
        if wantsJSON { text = #"{"city":"Paris","people":2100000}"# }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return words.enumerated().map { $0.offset == 0 ? String($0.element) : " " + $0.element }
    }

    var text: String { pieces.joined() }

    private var wantsJSON: Bool {
        body["response_format"]?["type"] == "json_schema" || body["output_config"]?["format"] != nil
            || body["format"]?.objectValue != nil || body["text"]?["format"]?["type"] == "json_schema"
            || body["generationConfig"]?["responseSchema"] != nil
            || body["generationConfig"]?["responseJsonSchema"] != nil
    }

    /// The tool that is called: the first, unless the conversation holds its result already.
    var tool: String? {
        let text = String(decoding: body.serialized(), as: UTF8.self)
        if text.contains("\"role\":\"tool\"") || text.contains("\"tool_result\"") || text.contains("function_call_output")
            || text.contains("functionResponse")
        {
            return nil
        }
        let first = body["tools"]?[0]
        return (first?["function"]?["name"] ?? first?["name"] ?? first?["functionDeclarations"]?[0]?["name"])?.stringValue
    }

    static let arguments: JSONValue = ["city": "Paris"]
    var model: JSONValue { body["model"] ?? "stand-in" }

    var wholeAnswer: JSONValue {
        switch wire {
        case .openAI: dialect == nil ? openAIAnswer : dialectAnswer
        case .responses: responsesAnswer
        case .embeddings: openAIEmbeddings
        case .anthropic: anthropicAnswer
        case .ollama: ollamaAnswer
        case .ollamaEmbeddings: ["model": model, "embeddings": .array(vectors), "prompt_eval_count": 5]
        case .gemini: geminiAnswer
        }
    }

    var events: [Bytes] {
        guard case .usageTwice = turn else { return ownEvents }
        return ownEvents.flatMap { Self.tellsUsage($0) ? [$0, $0] : [$0] }
    }

    private static func tellsUsage(_ event: Bytes) -> Bool {
        let text = String(decoding: event, as: UTF8.self)
        return text.contains("\"usage\":{") && !text.contains("message_start")
    }

    private var ownEvents: [Bytes] {
        switch wire {
        case .openAI: dialect == nil ? openAIEvents : dialectEvents
        case .responses: responsesEvents
        case .anthropic: anthropicEvents
        case .ollama: ollamaLines
        case .gemini: geminiEvents
        case .embeddings, .ollamaEmbeddings: []
        }
    }

    /// What the provider says to fields that it refuses.
    var refusal: (status: Int, body: JSONValue)? {
        let names = body["metadata"]?.objectValue?.keys.sorted() ?? []
        switch wire {
        case .openAI where dialect == nil && !names.isEmpty && body["store"] != true:
            let message: JSONValue = "The 'metadata' parameter is only allowed when 'store' is enabled."
            return (400, Self.openAIRefusal(message, field: "metadata"))
        case .responses: return responsesRefusal
        case .anthropic:
            guard let name = names.first(where: { $0 != "user_id" }) else { return nil }
            let message = JSONValue.string("metadata.\(name): Extra inputs are not permitted")
            return (400, ["type": "error", "error": ["type": "invalid_request_error", "message": message]])
        default: return nil
        }
    }

    static func openAIRefusal(_ message: JSONValue, field: JSONValue) -> JSONValue {
        ["error": ["message": message, "type": "invalid_request_error", "param": field, "code": nil]]
    }

    func failure(status: Int) -> JSONValue {
        let kinds = [400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"]
        switch wire {
        case .anthropic:
            let kind = status == 529 ? "overloaded_error" : kinds[status] ?? "api_error"
            return ["type": "error", "error": ["type": .string(kind), "message": "the stand-in refuses"]]
        case .ollama, .ollamaEmbeddings: return ["error": "the stand-in refuses"]
        case .gemini:
            let name = status == 429 ? "RESOURCE_EXHAUSTED" : "INTERNAL"
            return ["error": ["code": .integer(Int64(status)), "message": "the stand-in refuses", "status": .string(name)]]
        case .openAI, .responses, .embeddings:
            var error: [String: JSONValue] = [
                "message": "the stand-in refuses", "type": .string(kinds[status] ?? "server_error"), "param": nil, "code": nil,
            ]
            if case .refuseAs(_, let code) = turn { error["code"] = .string(code) }
            return ["error": .object(error)]
        }
    }

    /// One for each input: its place and its length.
    var vectors: [JSONValue] {
        let inputs = body["input"]?.arrayValue ?? [body["input"] ?? ""]
        return inputs.enumerated().map {
            .array([.number(Double($0.offset)), .number(Double($0.element.stringValue?.count ?? 0)), 0.5])
        }
    }

    static func event(named name: String? = nil, _ document: JSONValue) -> Bytes {
        Bytes((name.map { "event: \($0)\n" } ?? "").utf8) + Bytes("data: ".utf8) + document.serialized() + Bytes("\n\n".utf8)
    }
}
