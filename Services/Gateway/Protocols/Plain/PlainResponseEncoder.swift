package import Primitives

/// Writes a whole answer of `POST /llm/chat`.
enum PlainResponseEncoder {
    static func encode(_ response: ModelResponse, _ context: AnswerContext) -> Bytes {
        var json = JSONBuilder(capacity: 1024)
        let choice = response.choices.first ?? ModelChoice(parts: [], finish: FinishReason(.other, raw: ""))
        json.object { json in
            json.member("id", context.id(response.id))
            json.member("model", context.model(response.model))
            json.member("text", choice.parts.plainText)
            let thoughts = choice.parts.reasoning.map(\.text).joined()
            if !thoughts.isEmpty { json.member("reasoning", thoughts) }
            json.member("refusal", ifPresent: choice.parts.refusal)
            let calls = choice.parts.toolCalls
            if !calls.isEmpty {
                json.array("tool_calls") { json in
                    for call in calls { json.object { write(call, to: &$0) } }
                }
            }
            writeEnd(choice.finish, response.usage ?? ModelUsage(), to: &json)
        }
        return json.bytes
    }

    private static func write(_ call: ToolCall, to json: inout JSONBuilder) {
        json.member("id", call.id)
        json.member("name", call.name)
        json.member("arguments", call.argumentsOrText)
    }

    static func writeEnd(_ finish: FinishReason, _ usage: ModelUsage, to json: inout JSONBuilder) {
        json.member("finish_reason", finish.kind.rawValue)
        json.object("usage") { json in
            json.member("input_tokens", usage.input)
            json.member("output_tokens", usage.output)
            json.member("cached_read_tokens", usage.cachedRead)
            json.member("cached_write_tokens", usage.cachedWrite)
            json.member("reasoning_tokens", usage.reasoning)
        }
    }
}

extension DoorFailure {
    /// The body on our own doors: a problem document (RFC 9457).
    package var problemBody: Bytes {
        var json = JSONBuilder(capacity: 256)
        json.object { json in
            json.member("type", "about:blank" as StaticString)
            json.member("title", kind.rawValue)
            json.member("status", status)
            json.member("detail", message)
            json.member("code", code)
            json.member("field", ifPresent: field)
        }
        return json.bytes
    }
}
