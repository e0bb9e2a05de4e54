import Primitives

/// Writes a streamed answer of `POST /llm/stream`: events named `start`, `text`, `reasoning`, `tool_call`, `tool_arguments`,
/// `finish` and `error`.
struct PlainStreamEncoder: StreamEventEncoder {
    private let context: AnswerContext
    private var usage = ModelUsage()
    private var finish = FinishReason(.other, raw: "")

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: ModelStreamEvent, into output: inout Bytes) {
        switch event {
        case .start(let id, let model, _):
            write("start", into: &output) { json in
                json.member("id", context.id(id))
                json.member("model", context.model(model))
            }
        case .text(let text, 0): write("text", into: &output) { $0.member("text", text) }
        case .reasoning(let text, 0): write("reasoning", into: &output) { $0.member("text", text) }
        case .refusal(let text, 0): write("refusal", into: &output) { $0.member("text", text) }
        case .toolCall(let call, let index, 0):
            write("tool_call", into: &output) { json in
                json.member("index", index)
                json.member("id", call.id)
                json.member("name", call.name)
            }
            if !call.arguments.isEmpty { writeArguments(call.arguments, index, into: &output) }
        case .toolArguments(let text, let index, 0): writeArguments(text, index, into: &output)
        case .finish(let reason, 0): finish = reason
        case .usage(let value): usage = value
        case .failure(let failure):
            output.append(contentsOf: "event: error\ndata: ".utf8)
            output.append(contentsOf: DoorFailure(failure).problemBody)
            output.append(contentsOf: "\n\n".utf8)
        case .heartbeat: output.append(contentsOf: ": heartbeat\n\n".utf8)
        case .end: write("finish", into: &output) { PlainResponseEncoder.writeEnd(finish, usage, to: &$0) }
        default: break
        }
    }

    private func writeArguments(_ text: String, _ index: Int, into output: inout Bytes) {
        write("tool_arguments", into: &output) { json in
            json.member("index", index)
            json.member("text", text)
        }
    }

    private func write(_ name: StaticString, into output: inout Bytes, _ members: (inout JSONBuilder) -> Void) {
        var json = JSONBuilder(taking: &output)
        json.frame("event: ")
        json.frame(name)
        json.frame("\ndata: {")
        members(&json)
        json.frame("}\n\n")
        json.finish(into: &output)
    }
}
