import Primitives

/// Writes a streamed answer of `POST /v1/messages` in the order of the protocol: `message_start`, blocks one after the other,
/// each with start, deltas and stop, `message_delta` with the reason and the usage, `message_stop`.
struct AnthropicStreamEncoder: StreamEventEncoder {
    private enum Block: Equatable {
        case text, thinking
        case tool(index: Int)
    }

    private let context: AnswerContext
    private var head: (id: String, model: String) = ("", "")
    private var hasBegun = false
    private var hasPinged = false
    private var usage = ModelUsage()
    private var finish = FinishReason(.other, raw: "")
    private var open: Block?
    /// The index of the next block.
    private var nextIndex = 0
    /// The block of each tool call.
    private var toolBlocks: [Int: Int] = [:]

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: ModelStreamEvent, into output: inout Bytes) {
        switch event {
        case .start(let id, let model, _): head = (id, model)
        // Usage before the first piece goes into `message_start`.
        case .usage(let value): usage = value
        case .finish(let reason, let choice): if choice == 0 { finish = reason }
        case .logProbabilities: break
        default:
            begin(into: &output)
            write(event, into: &output)
        }
    }

    private mutating func write(_ event: ModelStreamEvent, into output: inout Bytes) {
        switch event {
        case .text(let text, 0), .refusal(let text, 0):
            open(.text, into: &output) { json in
                json.member("type", "text" as StaticString)
                json.member("text", "" as StaticString)
            }
            delta("text_delta", "text", text, nextIndex - 1, into: &output)
        case .reasoning(let text, 0):
            openThinking(into: &output)
            delta("thinking_delta", "thinking", text, nextIndex - 1, into: &output)
        case .reasoningSignature(let signature, 0):
            openThinking(into: &output)
            delta("signature_delta", "signature", signature, nextIndex - 1, into: &output)
            // The signature is the last piece of its block.
            close(into: &output)
        case .encryptedReasoning(let data, 0):
            open(nil, into: &output) { AnthropicBlock.write(ReasoningPart("", encrypted: data), to: &$0) }
            self.event("content_block_stop", into: &output) { [index = nextIndex - 1] in $0.member("index", index) }
        case .toolCall(let call, let index, 0):
            open(.tool(index: index), into: &output) { AnthropicBlock.writeCall(call, .emptyObject, to: &$0) }
            toolBlocks[index] = nextIndex - 1
            if !call.arguments.isEmpty { delta("input_json_delta", "partial_json", call.arguments, nextIndex - 1, into: &output) }
        case .toolArguments(let text, let index, 0):
            guard let block = toolBlocks[index] else { return }
            delta("input_json_delta", "partial_json", text, block, into: &output)
        case .failure(let failure):
            output.append(contentsOf: "event: error\ndata: ".utf8)
            output.append(contentsOf: DoorFailure(failure).anthropicBody)
            output.append(contentsOf: "\n\n".utf8)
        case .heartbeat: self.event("ping", into: &output) { _ in }
        case .end: end(into: &output)
        default: break
        }
    }

    private mutating func openThinking(into output: inout Bytes) {
        open(.thinking, into: &output) { AnthropicBlock.write(ReasoningPart(""), to: &$0) }
    }

    private mutating func begin(into output: inout Bytes) {
        guard !hasBegun else { return }
        hasBegun = true
        event("message_start", into: &output) { json in
            json.object("message") { json in
                AnthropicResponseEncoder.writeHead(id: context.id(head.id), model: context.model(head.model), to: &json)
                json.array("content") { _ in }
                json.nullMember("stop_reason")
                json.nullMember("stop_sequence")
                AnthropicUsage.write(usage, to: &json)
            }
        }
    }

    /// Opens a block unless it is open already; closes the one before.
    private mutating func open(_ block: Block?, into output: inout Bytes, _ content: (inout JSONBuilder) -> Void) {
        guard block == nil || block != open else { return }
        close(into: &output)
        open = block
        event("content_block_start", into: &output) { [nextIndex] json in
            json.member("index", nextIndex)
            json.object("content_block", content)
        }
        nextIndex += 1
        if !hasPinged {
            hasPinged = true
            event("ping", into: &output) { _ in }
        }
    }

    private mutating func close(into output: inout Bytes) {
        guard open != nil else { return }
        open = nil
        event("content_block_stop", into: &output) { [index = nextIndex - 1] in $0.member("index", index) }
    }

    private func delta(_ kind: StaticString, _ name: StaticString, _ text: String, _ index: Int, into output: inout Bytes) {
        event("content_block_delta", into: &output) { json in
            json.member("index", index)
            json.object("delta") { json in
                json.member("type", kind)
                json.member(name, text)
            }
        }
    }

    private mutating func end(into output: inout Bytes) {
        close(into: &output)
        event("message_delta", into: &output) { json in
            json.object("delta") { json in
                json.member("stop_reason", AnthropicStopReason.encode(finish))
                json.member("stop_sequence", orNull: finish.stopSequence)
            }
            AnthropicUsage.write(usage, to: &json)
        }
        event("message_stop", into: &output) { _ in }
    }

    private func event(_ name: StaticString, into output: inout Bytes, _ members: (inout JSONBuilder) -> Void) {
        var json = JSONBuilder(taking: &output)
        json.frame("event: ")
        json.frame(name)
        json.frame("\ndata: {")
        json.member("type", name)
        members(&json)
        json.frame("}\n\n")
        json.finish(into: &output)
    }
}
