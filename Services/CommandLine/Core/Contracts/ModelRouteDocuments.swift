import Primitives

/// The gateway's routes of language models.
enum ModelRouteDocuments {
    static let all = doors + lists + account

    private static let object: JSONValue = ["type": "object"]
    private static let text: JSONValue = ["type": "string"]
    private static let messages: JSONValue = ["type": "array", "minItems": 1, "items": object]
    private static let tokens: JSONValue = ["type": "integer", "minimum": 1, "maximum": 1_000_000_000]

    /// What every call of a model understands.
    private static let wishes =
        labels + [
            ("X-AVStudio-Session", "Names what is counted together."),
            ("X-AVStudio-Task", "What the call is for, for the router."),
            ("X-AVStudio-Maximum-Cost", "The most that the call may cost, in dollars."),
            ("X-AVStudio-Maximum-Seconds", "The longest that the call may take."),
            ("X-AVStudio-Minimum-Quality", "The least quality of the model, 0 to 100."),
            ("Cache-Control", "max-age=60 takes an answer that the same call was given in the last minute."),
        ]

    /// What every call that costs something understands.
    private static let labels = [
        ("X-AVStudio-Video", "The video that the call is made for, percent-encoded; metadata.video of the body goes before it."),
        ("X-AVStudio-Channel", "The channel that it is made for; metadata.channel of the body goes before it."),
    ]

    private static let doors = [
        call("/v1/chat/completions", "Answers messages, as OpenAI's SDKs ask for it.", "openai", ["model", "messages"]),
        call("/v1/responses", "Answers an input, as OpenAI's SDKs ask for it.", "openai", ["model", "input"]),
        call("/v1/messages", "Answers messages, as Anthropic's SDKs ask.", "anthropic", ["model", "max_tokens", "messages"]),
        call("/llm/chat", "Answers a prompt or messages.", "models", []),
        call("/llm/stream", "Answers a prompt or messages, piece by piece.", "models", []),
        RouteDocument(
            "POST /v1/embeddings", "Turns texts into vectors, as OpenAI's SDKs ask for it.", tag: "openai", headers: labels,
            body: ("application/json", ["type": "object", "required": ["model", "input"], "properties": ["model": text]]),
            answers: [("200", "The vectors.", object)]),
        RouteDocument(
            "POST /v1/messages/count_tokens", "Counts the tokens of a call, as Anthropic's SDKs ask for it.", tag: "anthropic",
            body: ("application/json", ["type": "object", "required": ["model", "messages"], "properties": ["model": text]]),
            answers: [("200", "The count.", ["type": "object", "properties": ["input_tokens": ["type": "integer"]]])]),
    ]

    private static func call(_ path: String, _ summary: String, _ tag: String, _ required: [String]) -> RouteDocument {
        var properties: [String: JSONValue] = ["model": text, "max_tokens": tokens, "stream": ["type": "boolean"]]
        if tag == "models" { (properties["prompt"], properties["system"]) = (text, text) }
        if required.contains("messages") || tag == "models" { properties["messages"] = messages }
        return RouteDocument(
            "POST \(path)", summary, tag: tag, headers: wishes,
            body: (
                "application/json",
                ["type": "object", "required": .array(required.map(JSONValue.string)), "properties": .object(properties)]
            ),
            answers: [("200", "The answer; X-AVStudio-Decision names why it came from where it came.", object)])
    }

    private static let lists = [
        RouteDocument(
            "GET /v1/models", "The models that the key may call, in the form of whose SDK asks.", tag: "openai",
            answers: [("200", "The models.", object)]),
        RouteDocument("GET /v1/models/{id}", "One model.", tag: "openai", answers: [("200", "The model.", object)]),
        RouteDocument(
            "GET /llm/models", "The models with everything to choose by: what they can, their quality and prices.", tag: "models",
            answers: [("200", "The models.", object)]),
    ]

    private static let account = [
        RouteDocument(
            "POST /gateway/route", "Where a call would go and why, and who was rejected; makes no call.", tag: "models",
            body: ("application/json", object), answers: [("200", "The decision.", object)]),
        RouteDocument(
            "GET /gateway/decisions/{id}", "Why a call went where it went, by its X-AVStudio-Decision; the key's own, of late.",
            tag: "models", answers: [("200", "The decision.", decision)]),
        RouteDocument(
            "POST /gateway/analyze-tokens", "The tokens of a text, a prompt or messages, and what the call would cost.",
            tag: "models",
            body: (
                "application/json",
                [
                    "type": "object",
                    "properties": [
                        "text": text, "prompt": text, "messages": messages, "model": text, "max_tokens": tokens,
                        "models": ["type": "array", "items": text, "maxItems": 200],
                    ],
                ]
            ), answers: [("200", "The counts, by model.", object)]),
        RouteDocument(
            "GET /gateway/cost", "What calls cost.", tag: "models",
            query: [
                ("by", "key, user, organisation, model, provider, session or day, which it is by default."),
                ("from", "The first day, as 2026-11-21."), ("through", "The last day."), ("model", "Only this model."),
                ("session", "Only sessions of this name."), ("key", "Only this key."),
                ("user", "Only this user; for members of an organisation and for administrators."),
                ("organisation", "Only this organisation; for administrators."),
            ],
            answers: [("200", "The sums.", object)]),
        RouteDocument(
            "GET /gateway/budgets", "How the caller's budgets stand; to administrators, every budget.", tag: "models",
            answers: [("200", "The accounts and budgets.", object)]),
        RouteDocument(
            "PUT /gateway/budgets/{id}", "Makes a budget, or changes one.", tag: "models", body: ("application/json", budget),
            answers: [("200", "The budget.", object)]),
        RouteDocument(
            "DELETE /gateway/budgets/{id}", "Removes a budget; what was spent from it stays known.", tag: "models",
            answers: [("204", "Removed.", nil)]),
    ]

    private static let decision: JSONValue = [
        "type": "object",
        "properties": [
            "id": text, "time": ["type": "string", "format": "date-time"], "key": text, "requested": text, "choice": text,
            "reasons": ["type": "array", "items": text], "fallbacks": ["type": "array", "items": text],
            "rejected": [
                "type": "array",
                "items": ["type": "object", "properties": ["model": text, "provider": text, "code": text, "reason": text]],
            ],
        ],
    ]

    private static let budget: JSONValue = [
        "type": "object", "additionalProperties": false, "required": ["scope", "period", "limit"],
        "properties": [
            "scope": ["type": "string", "enum": ["key", "user", "organisation", "session"]],
            "subject": [
                "type": "string", "maxLength": 200,
                "description": "Whose, owner/session for a session; everybody of this kind without it.",
            ],
            "period": ["type": "string", "enum": ["day", "month", "total"]],
            "limit": ["type": ["string", "number"], "description": "Dollars, with at most nine digits after the point."],
            "at_limit": ["type": "string", "enum": ["stop", "reroute"], "default": "stop"],
            "thresholds": [
                "type": "array", "maxItems": 20, "items": ["type": "integer", "minimum": 1, "maximum": 100],
                "description": "Per cent of the limit at which an event is given.",
            ],
        ],
    ]
}
