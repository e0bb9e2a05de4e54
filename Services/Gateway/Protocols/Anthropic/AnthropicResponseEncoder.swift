import Primitives

/// Writes a whole answer of `POST /v1/messages`.
enum AnthropicResponseEncoder {
    static func encode(_ response: ModelResponse, _ context: AnswerContext) -> Bytes {
        var json = JSONBuilder(capacity: 1024)
        let choice = response.choices.first ?? ModelChoice(parts: [], finish: FinishReason(.other, raw: ""))
        json.object { json in
            writeHead(id: context.id(response.id), model: context.model(response.model), to: &json)
            json.array("content") { json in
                for part in choice.parts { write(part, to: &json) }
            }
            json.member("stop_reason", AnthropicStopReason.encode(choice.finish))
            json.member("stop_sequence", orNull: choice.finish.stopSequence)
            AnthropicUsage.write(response.usage ?? ModelUsage(), to: &json)
        }
        return json.bytes
    }

    static func writeHead(id: String, model: String, to json: inout JSONBuilder) {
        json.member("id", id)
        json.member("type", "message" as StaticString)
        json.member("role", "assistant" as StaticString)
        json.member("model", model)
    }

    private static func write(_ part: ContentPart, to json: inout JSONBuilder) {
        switch part {
        case .text(let text):
            json.object { json in
                json.member("type", "text" as StaticString)
                json.member("text", text.text)
                json.member("citations", ifPresent: text.citations)
            }
        case .refusal(let text):
            json.object { json in
                json.member("type", "text" as StaticString)
                json.member("text", text)
            }
        case .reasoning(let reasoning): json.object { AnthropicBlock.write(reasoning, to: &$0) }
        case .toolCall(let call): json.object { AnthropicBlock.writeCall(call, call.argumentsOrText, to: &$0) }
        case .image, .audio, .file, .toolResult: break  // Decoders of answers never make them.
        }
    }
}
