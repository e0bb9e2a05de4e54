import Primitives

/// What the gateway tells of calls of language models.
enum ModelMessageDocuments {
    private static let dollars: JSONValue = ["type": "number", "minimum": 0, "x-unit": "USD"]
    private static let seconds: JSONValue = ["type": "number", "minimum": 0, "x-unit": "s"]
    private static let time = Timestamp(milliseconds: 1_795_237_200_000)

    static let all = [
        MessageDocument(
            "budget-threshold", eventType: BudgetThreshold.type, subject: BudgetThreshold.messageSubject,
            "A budget for language models has reached a threshold; told at least once for each threshold and period.",
            properties: [
                "budget": SchemaPieces.text, "scope": ["type": "string", "enum": ["key", "user", "organisation", "session"]],
                "subject": SchemaPieces.text, "period": ["type": "string", "enum": ["day", "month", "total"]],
                "period_start": SchemaPieces.time, "threshold_percent": ["type": "integer", "minimum": 1, "maximum": 100],
                "spent": dollars, "limit": dollars,
            ],
            example: BudgetThreshold(
                budget: "guests", scope: "user", subject: "ann", period: "month", periodStart: time, thresholdPercent: 80,
                spent: 20.5, limit: 25)),
        MessageDocument(
            "model-call", subject: Subjects.metric,
            "A call of a language model has ended: what it used, cost and took; or an array of up to 32. No envelope; not kept.",
            properties: [
                "name": ["const": .string(ModelCallMetric.name)], "time": SchemaPieces.time, "outcome": outcome,
                "fallbacks": SchemaPieces.count, "key": SchemaPieces.text, "user": SchemaPieces.text,
                "organisation": SchemaPieces.text, "session": SchemaPieces.text, "decision": SchemaPieces.text,
                "gen_ai.request.model": SchemaPieces.text, "gen_ai.provider.name": SchemaPieces.text,
                "gen_ai.usage.input_tokens": SchemaPieces.count, "gen_ai.usage.output_tokens": SchemaPieces.count,
                "cached_tokens": SchemaPieces.count, "reasoning_tokens": SchemaPieces.count, "cost_dollars": dollars,
                "saved_by_cache_dollars": dollars, "saved_by_routing_dollars": dollars,
                "gen_ai.client.operation.duration": seconds, "gen_ai.server.time_to_first_token": seconds,
                "cache_hit": SchemaPieces.flag, "video": label, "channel": label, "prompt": content, "answer": content,
            ],
            optional: [
                "user", "organisation", "session", "decision", "gen_ai.server.time_to_first_token", "video", "channel", "prompt",
                "answer",
            ],
            example: ModelCallMetric(
                time: time, model: "gpt-5-mini", provider: "openai", inputTokens: 210, outputTokens: 90, cost: 0.00024,
                seconds: 1.25,
                firstTokenSeconds: 0.4, outcome: "answered", key: "key_01kaj6x3v5m8q2r4t6w8y0a2c4", user: "ann",
                decision: "route_01kaj6x3v5m8q2r4t6w8y0a2c4")),
    ]

    private static let label: JSONValue = [
        "type": "string", "minLength": 1, "maxLength": 200, "description": "What the call was made for, as its metadata tells.",
    ]
    private static let content: JSONValue = [
        "type": "string", "description": "Only for a key with log_content; cut off after 64 KiB.",
    ]
    private static let outcome: JSONValue = ["type": "string", "enum": ["answered", "failed", "cancelled"]]
}
