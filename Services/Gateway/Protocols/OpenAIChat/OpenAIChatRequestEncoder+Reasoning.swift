extension RequestEncoding {
    /// Writes how much to think in the dialect's own words.
    /// Source: the services' references; `enable_thinking` of local chat templates is documented by Qwen.
    mutating func writeChatReasoning() throws(ModelRequestError) {
        guard let reasoning = request.reasoning else { return }
        switch profile.dialect {
        case .openAI, .vLLM, .lmStudio, .other: writeEffort(reasoning)
        case .openRouter: writeOpenRouterReasoning(reasoning)
        case .deepSeek, .kimi:
            if let effort = reasoning.effort, effort != Reasoning.Effort.none {
                adjust("reasoning_effort", "\(profile.name) knows thinking on and off, not \(effort.rawValue)")
            }
            if reasoning.budget != nil { adjust("thinking.budget_tokens", "\(profile.name) chooses how long to think") }
            json.object("thinking") { $0.member("type", reasoning.isOff ? "disabled" : "enabled" as StaticString) }
        case .qwen:
            json.member("enable_thinking", !reasoning.isOff)
            json.member("thinking_budget", ifPresent: reasoning.budget ?? reasoning.effort.flatMap(\.budget))
        case .llamaCpp:
            if reasoning.effort != nil && !reasoning.isOff || reasoning.budget != nil {
                adjust("reasoning_effort", "the local chat template knows thinking on and off")
            }
            json.object("chat_template_kwargs") { $0.member("enable_thinking", !reasoning.isOff) }
        }
    }

    private mutating func writeEffort(_ reasoning: Reasoning) {
        if let effort = reasoning.effort {
            // Anthropic's highest level is above OpenAI's.
            json.member("reasoning_effort", effort == .max ? "xhigh" : effort.rawValue)
            if effort == .max { adjust("reasoning_effort", "xhigh is the highest level here") }
        } else if let budget = reasoning.budget {
            let effort = Reasoning.Effort(budget: budget)
            json.member("reasoning_effort", effort.rawValue)
            adjust("thinking.budget_tokens", "\(budget) tokens became the effort \(effort.rawValue)")
        } else {
            adjust("thinking", "\(profile.name) decides by itself how much to think")
        }
    }

    private mutating func writeOpenRouterReasoning(_ reasoning: Reasoning) {
        json.object("reasoning") { json in
            if let budget = reasoning.budget {
                json.member("max_tokens", budget)
            } else if let effort = reasoning.effort {
                json.member("effort", effort == .max ? "xhigh" : effort.rawValue)
            } else {
                json.member("enabled", true)
            }
        }
    }
}

extension Reasoning.Effort {
    /// Tokens of thought for a level. Source: Google, "Gemini thinking", thinking levels beside OpenAI's efforts: 1,024 for low,
    /// 8,192 for medium, 24,576 for high.
    var budget: Int? {
        switch self {
        case .none: nil
        case .minimal, .low: 1024
        case .medium: 8192
        case .high, .xhigh, .max: 24576
        }
    }

    /// The level whose tokens of thought come nearest from above.
    init(budget: Int) {
        self = budget <= 1024 ? .low : budget <= 8192 ? .medium : .high
    }
}
