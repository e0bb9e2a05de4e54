import Primitives

/// Writes a streamed answer of `POST /v1/chat/completions`: chunks with the role first, the usage last when it was asked for,
/// and `[DONE]`.
struct OpenAIChatStreamEncoder: StreamEventEncoder {
    private let context: AnswerContext
    /// Identifier, time and model, which every chunk repeats, written once.
    private var head: Bytes = []
    private var knownChoices: Set<Int> = []
    private var usage: ModelUsage?

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: ModelStreamEvent, into output: inout Bytes) {
        switch event {
        case .start(let id, let model, let created):
            begin(id: id, model: model, created: created)
        case .text(let text, let choice):
            delta(choice, into: &output) { $0.member("content", text) }
        case .reasoning(let text, let choice):
            delta(choice, into: &output) { $0.member("reasoning_content", text) }
        case .reasoningSignature(let signature, let choice):
            delta(choice, into: &output) { OpenAIReasoningDetails.write([ReasoningPart("", signature: signature)], to: &$0) }
        case .encryptedReasoning(let data, let choice):
            delta(choice, into: &output) { OpenAIReasoningDetails.write([ReasoningPart("", encrypted: data)], to: &$0) }
        case .refusal(let text, let choice):
            delta(choice, into: &output) { $0.member("refusal", text) }
        case .toolCall(let call, let index, let choice):
            delta(choice, into: &output) { Self.write(call, index, to: &$0) }
        case .toolArguments(let text, let index, let choice):
            delta(choice, into: &output) { json in
                json.array("tool_calls") { json in
                    json.object { json in
                        json.member("index", index)
                        json.object("function") { $0.member("arguments", text) }
                    }
                }
            }
        case .logProbabilities(let raw, let choice):
            chunk(choice, logProbabilities: raw, into: &output) { _ in }
        case .finish(let reason, let choice):
            chunk(choice, finish: reason, into: &output) { _ in }
        case .usage(let value): usage = value
        case .failure(let failure):
            frame(DoorFailure(failure).openAIBody, into: &output)
        case .heartbeat: output.append(contentsOf: ": heartbeat\n\n".utf8)
        case .end: end(into: &output)
        }
    }

    private mutating func begin(id: String, model: String, created: Int) {
        var json = JSONBuilder(capacity: 192)
        json.frame("data: {")
        json.member("id", context.id(id))
        json.member("object", "chat.completion.chunk" as StaticString)
        json.member("created", context.created(created))
        json.member("model", context.model(model))
        head = json.bytes
    }

    /// A chunk with a delta; the first of each choice carries the role.
    private mutating func delta(_ choice: Int, into output: inout Bytes, _ body: (inout JSONBuilder) -> Void) {
        if knownChoices.insert(choice).inserted {
            chunk(choice, into: &output) { json in
                json.member("role", "assistant" as StaticString)
                json.member("content", "" as StaticString)
                json.nullMember("refusal")
            }
        }
        chunk(choice, into: &output, body)
    }

    private mutating func chunk(
        _ choice: Int, finish: FinishReason? = nil, logProbabilities: RawJSON? = nil, into output: inout Bytes,
        _ delta: (inout JSONBuilder) -> Void
    ) {
        if head.isEmpty { begin(id: "", model: "", created: 0) }
        var json = JSONBuilder(taking: &output)
        json.append(head)
        json.array("choices") { json in
            json.object { json in
                json.member("index", choice)
                json.object("delta", delta)
                if let logProbabilities { json.member("logprobs", logProbabilities) } else { json.nullMember("logprobs") }
                if let finish {
                    json.member("finish_reason", OpenAIFinishReason.encode(finish))
                } else {
                    json.nullMember("finish_reason")
                }
            }
        }
        if context.request.includeUsage { json.nullMember("usage") }
        json.frame("}\n\n")
        json.finish(into: &output)
    }

    private mutating func end(into output: inout Bytes) {
        if context.request.includeUsage {
            if head.isEmpty { begin(id: "", model: "", created: 0) }
            var json = JSONBuilder(taking: &output)
            json.append(head)
            json.array("choices") { _ in }
            OpenAIUsage.write(usage ?? ModelUsage(), to: &json)
            json.frame("}\n\n")
            json.finish(into: &output)
        }
        output.append(contentsOf: "data: [DONE]\n\n".utf8)
    }

    private func frame(_ body: Bytes, into output: inout Bytes) {
        SSEEvent(data: body).write(into: &output)
    }

    private static func write(_ call: ToolCall, _ index: Int, to json: inout JSONBuilder) {
        json.array("tool_calls") { json in
            json.object { json in
                json.member("index", index)
                json.member("id", call.id)
                json.member("type", "function" as StaticString)
                json.object("function") { json in
                    json.member("name", call.name)
                    json.member("arguments", call.arguments)
                }
                OpenAIThoughtSignature.write(call.signature, to: &json)
            }
        }
    }
}
