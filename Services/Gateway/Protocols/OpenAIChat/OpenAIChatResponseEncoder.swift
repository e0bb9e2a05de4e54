import Primitives

/// Writes a whole answer of `POST /v1/chat/completions`.
enum OpenAIChatResponseEncoder {
    static func encode(_ response: ModelResponse, _ context: AnswerContext) -> Bytes {
        var json = JSONBuilder(capacity: 1024)
        json.object { json in
            json.member("id", context.id(response.id))
            json.member("object", "chat.completion" as StaticString)
            json.member("created", context.created(response.created))
            json.member("model", context.model(response.model))
            json.array("choices") { json in
                for (index, choice) in response.choices.enumerated() { write(choice, index, to: &json) }
            }
            OpenAIUsage.write(response.usage ?? ModelUsage(), to: &json)
            json.member("service_tier", ifPresent: response.serviceTier.flatMap(OpenAIServiceTier.known))
            json.member("system_fingerprint", ifPresent: response.systemFingerprint)
        }
        return json.bytes
    }

    private static func write(_ choice: ModelChoice, _ index: Int, to json: inout JSONBuilder) {
        json.object { json in
            json.member("index", index)
            json.object("message") { json in
                json.member("role", "assistant" as StaticString)
                let text = choice.parts.plainText
                let calls = choice.parts.toolCalls
                json.member("content", orNull: text.isEmpty && (!calls.isEmpty || choice.parts.refusal != nil) ? nil : text)
                json.member("refusal", orNull: choice.parts.refusal)
                let reasoning = choice.parts.reasoning
                let thoughts = reasoning.map(\.text).joined()
                if !thoughts.isEmpty { json.member("reasoning_content", thoughts) }
                OpenAIReasoningDetails.write(reasoning, to: &json)
                if !calls.isEmpty {
                    json.array("tool_calls") { json in
                        for call in calls { OpenAIChatToolCall.write(call, to: &json) }
                    }
                }
                json.array("annotations") { _ in }
            }
            if let logProbabilities = choice.logProbabilities {
                json.member("logprobs", logProbabilities)
            } else {
                json.nullMember("logprobs")
            }
            json.member("finish_reason", OpenAIFinishReason.encode(choice.finish))
        }
    }
}

/// OpenAI's clients accept only OpenAI's own service tiers.
enum OpenAIServiceTier {
    static func known(_ tier: String) -> String? {
        switch tier {
        case "auto", "default", "flex", "scale", "priority": tier
        case "standard": "default"
        default: nil
        }
    }
}
