import Primitives

/// Writes a streamed answer of `POST /v1/responses`: `response.created` and `response.in_progress`, the items one after the
/// other, each opened, filled and closed, and `response.completed` with the whole answer; all numbered.
struct ResponsesStreamEncoder: StreamEventEncoder {
    private let context: AnswerContext
    private var answer = ResponseAccumulator()
    private var sequence = 0
    private var hasBegun = false
    /// The place of the item that is open.
    private var open: Int?
    /// The item of each tool call.
    private var toolItems: [Int: Int] = [:]

    init(_ context: AnswerContext) {
        self.context = context
    }

    private var parts: [ContentPart] { answer.answer.choices.first?.parts ?? [] }

    mutating func encode(_ event: ModelStreamEvent, into output: inout Bytes) {
        let count = parts.count
        answer.add(event)
        switch event {
        case .usage, .finish, .logProbabilities: return
        case .heartbeat: return output.append(contentsOf: ": heartbeat\n\n".utf8)
        default: break
        }
        begin(into: &output)
        if parts.count > count { openItem(into: &output) }
        switch event {
        case .text(let text, 0): delta("response.output_text.delta", text, into: &output)
        case .refusal(let text, 0): delta("response.refusal.delta", text, into: &output)
        case .reasoning(let text, 0): delta("response.reasoning_summary_text.delta", text, into: &output)
        case .toolCall(let call, let index, 0):
            toolItems[index] = parts.count - 1
            if !call.arguments.isEmpty { arguments(call.arguments, item: parts.count - 1, into: &output) }
        case .toolArguments(let text, let index, 0):
            if let item = toolItems[index] { arguments(text, item: item, into: &output) }
        case .failure(let failure):
            end("response.failed", status: "failed", failure: DoorFailure(failure), into: &output)
        case .end:
            closeItem(into: &output)
            let status = ResponsesResponseEncoder.status(answer.answer)
            let isWhole = status.description == "completed"
            end(isWhole ? "response.completed" : "response.incomplete", status: status, failure: nil, into: &output)
        default: break
        }
    }

    private mutating func begin(into output: inout Bytes) {
        guard !hasBegun else { return }
        hasBegun = true
        end("response.created", status: "in_progress", failure: nil, into: &output)
        end("response.in_progress", status: "in_progress", failure: nil, into: &output)
    }

    private mutating func end(_ name: StaticString, status: StaticString, failure: DoorFailure?, into output: inout Bytes) {
        event(name, into: &output) { [context, answer] json in
            json.object("response") {
                ResponsesResponseEncoder.write(answer.answer, context, status: status, failure: failure, to: &$0)
            }
        }
    }

    private func itemID(_ index: Int) -> String {
        ResponsesItem.id(parts[index], index, response: context.id(answer.answer.id))
    }

    private mutating func openItem(into output: inout Bytes) {
        closeItem(into: &output)
        let index = parts.count - 1
        let (part, id) = (parts[index], itemID(index))
        open = index
        event("response.output_item.added", into: &output) { json in
            json.member("output_index", index)
            json.key("item")
            ResponsesItem.write(part, id: id, status: "in_progress", isEmpty: true, to: &json)
        }
        switch part {
        case .text, .refusal:
            let empty: ContentPart = if case .text = part { .text(TextPart("")) } else { .refusal("") }
            content("response.content_part.added", empty, into: &output)
        case .reasoning(let reasoning) where !reasoning.text.isEmpty:
            summary("response.reasoning_summary_part.added", "", into: &output)
        default: break
        }
    }

    private mutating func closeItem(into output: inout Bytes) {
        guard let index = open else { return }
        let (part, id) = (parts[index], itemID(index))
        switch part {
        case .text(let text):
            whole("response.output_text.done", "text", text.text, into: &output)
            content("response.content_part.done", part, into: &output)
        case .refusal(let text):
            whole("response.refusal.done", "refusal", text, into: &output)
            content("response.content_part.done", part, into: &output)
        case .reasoning(let reasoning) where !reasoning.text.isEmpty:
            whole("response.reasoning_summary_text.done", "text", reasoning.text, into: &output)
            summary("response.reasoning_summary_part.done", reasoning.text, into: &output)
        case .toolCall(let call):
            event("response.function_call_arguments.done", into: &output) { json in
                json.member("item_id", id)
                json.member("output_index", index)
                json.member("name", call.name)
                json.member("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
            }
        default: break
        }
        open = nil
        event("response.output_item.done", into: &output) { json in
            json.member("output_index", index)
            json.key("item")
            ResponsesItem.write(part, id: id, status: "completed", to: &json)
        }
    }

    /// The members that place a piece of the open item.
    private func place(_ json: inout JSONBuilder) {
        let index = open ?? 0
        json.member("item_id", itemID(index))
        json.member("output_index", index)
        if case .reasoning = parts[index] { json.member("summary_index", 0) } else { json.member("content_index", 0) }
    }

    private mutating func delta(_ name: StaticString, _ text: String, into output: inout Bytes) {
        guard open != nil else { return }
        event(name, into: &output) { [self] json in
            place(&json)
            json.member("delta", text)
            if case .text = parts[open ?? 0] { json.array("logprobs") { _ in } }
        }
    }

    private mutating func whole(_ name: StaticString, _ member: StaticString, _ text: String, into output: inout Bytes) {
        event(name, into: &output) { [self] json in
            place(&json)
            json.member(member, text)
            if case .text = parts[open ?? 0] { json.array("logprobs") { _ in } }
        }
    }

    private mutating func content(_ name: StaticString, _ part: ContentPart, into output: inout Bytes) {
        event(name, into: &output) { [self] json in
            place(&json)
            json.key("part")
            ResponsesItem.writeContent(part, to: &json)
        }
    }

    private mutating func summary(_ name: StaticString, _ text: String, into output: inout Bytes) {
        event(name, into: &output) { [self] json in
            place(&json)
            json.object("part") { json in
                json.member("type", "summary_text" as StaticString)
                json.member("text", text)
            }
        }
    }

    private mutating func arguments(_ text: String, item: Int, into output: inout Bytes) {
        event("response.function_call_arguments.delta", into: &output) { [id = itemID(item)] json in
            json.member("item_id", id)
            json.member("output_index", item)
            json.member("delta", text)
        }
    }

    private mutating func event(_ name: StaticString, into output: inout Bytes, _ members: (inout JSONBuilder) -> Void) {
        var json = JSONBuilder(taking: &output)
        json.frame("event: ")
        json.frame(name)
        json.frame("\ndata: {")
        json.member("type", name)
        json.member("sequence_number", sequence)
        members(&json)
        json.frame("}\n\n")
        json.finish(into: &output)
        sequence += 1
    }
}
