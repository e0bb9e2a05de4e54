package import Primitives

/// A streamed answer that goes to a caller of its own protocol: each event is checked to be JSON, usage and end are noted, and
/// it goes on as it came. Only the usage that the caller did not ask for is taken out. A class, for it is asked much of which it
/// would be copied whole.
// Safe to share: the one that reads the stream has it.
package final class PassThroughStream: @unchecked Sendable {
    /// The usage as far as it has been told.
    package private(set) var usage: ModelUsage? { didSet { isUsageFinal = choices.areFinished } }
    /// Whether that is all of it: some providers tell the input at the beginning, and the output when the answer is over.
    package private(set) var isUsageFinal = false
    private var choices: ChoiceProgress
    /// Whether the provider has said why each of the answers ended.
    package var areFinished: Bool { choices.areFinished }
    /// Whether it has said so of one of them.
    package var hasFinished: Bool { choices.hasFinished }
    /// Whether it has ended them all without an answer.
    package var hasGivenUp: Bool { choices.areFinished && choices.surrender != nil }
    /// Whether a filter has let nothing through of one that counts as an answer.
    package var isFiltered: Bool { choices.isFiltered }
    /// The failure that the provider told within the stream.
    package private(set) var failure: ProviderFailure?
    /// What has come of the answer itself, all that is made of output tokens: to count it by, should the provider tell no usage.
    package private(set) var text = ""
    /// Whether the provider said that this was all, or failed.
    package private(set) var hasEnded = false
    /// Most bytes of text that are kept.
    private static let keptBytes = 4 << 20
    private let door: Door
    private let includeUsage: Bool
    private var parser = SSEParser()
    private var pending: [SSEEvent] = []
    /// Ends of answers that the provider gave up, until another is one.
    private var held: [SSEEvent] = []
    /// Whether the event that is read ends an answer.
    private var endsChoice = false
    /// The last event, if its only news was a text.
    private var repeated: RepeatedEvent?
    /// How many texts of an event were kept, and where the last one is in it.
    private var kept: (count: Int, range: Range<Int>?) = (0, nil)

    /// - Parameter keepsFiltered: as in `ChoiceProgress`.
    package init(_ request: PassThroughRequest, keepsFiltered: Bool = false) {
        door = request.door
        includeUsage = request.includeUsage
        choices = ChoiceProgress(asked: request.door == .openAIChat ? request.choices : 1, keepsFiltered: keepsFiltered)
    }

    /// Takes the next piece of the provider's stream.
    /// - Parameter output: gets what the caller should see, ready to be flushed.
    /// - Throws: `ProviderFailure` when the stream is not the provider's protocol, or one event has more than 16 MiB.
    package func feed(_ chunk: Bytes, into output: inout Bytes) throws(ProviderFailure) {
        do throws(StreamLimitExceeded) {
            try parser.feed(chunk, into: &pending)
        } catch {
            throw .malformed(error.message)
        }
        // Not held until the next piece: of a thousand streams that wait, that would be megabytes.
        defer { pending.removeAll(keepingCapacity: true) }
        for event in pending where !hasEnded { try pass(event, into: &output) }
        // Nobody else can be asked then, and the stream ends as its provider ends it.
        if !output.isEmpty, choices.surrender == nil { choices.keepsFiltered = true }
    }

    /// The bytes have ended.
    /// - Parameter output: gets the failure of a stream that is not complete, in the caller's protocol.
    package func finish(into output: inout Bytes) {
        guard !hasEnded else { return }
        hasEnded = true
        if choices.surrender != nil { return giveUp(into: &output) }
        if door == .openAIChat, choices.isComplete {
            // Some local servers never send `[DONE]`.
            output.append(contentsOf: "data: [DONE]\n\n".utf8)
            return
        }
        failure = .closedEarly
        write(.closedEarly, into: &output)
    }

    private func pass(_ event: SSEEvent, into output: inout Bytes) throws(ProviderFailure) {
        if door == .openAIChat, event.data == Self.done {
            hasEnded = true
            isUsageFinal = usage != nil && choices.hasFinished
            return choices.surrender == nil ? event.write(into: &output) : giveUp(into: &output)
        }
        if let range = repeated?.text(in: event.data) {
            if text.utf8.count < Self.keptBytes {
                event.data.withUnsafeBytes { text += String(decoding: UnsafeRawBufferPointer(rebasing: $0[range]), as: UTF8.self) }
            }
            return event.write(into: &output)
        }
        (kept, endsChoice) = ((0, nil), false)
        let root = try JSONTape.answer(event.data).root
        let isWanted =
            switch door {
            case .openAIChat, .plain: readChunk(root)
            case .anthropic: readMessageEvent(root)
            case .openAIResponses: readResponseEvent(root)
            }
        if let failure { return write(failure, into: &output) }
        if choices.surrender != nil {
            if hasEnded || isUsageFinal { return giveUp(into: &output) }
            if endsChoice { return held.append(event) }
        } else if !held.isEmpty {
            for event in held { event.write(into: &output) }
            held = []
        }
        let isRepeatable = isWanted && !hasEnded && kept.count == 1
        repeated = isRepeatable ? kept.range.map { RepeatedEvent(event.data, text: $0) } : nil
        if isWanted { event.write(into: &output) }
    }

    private static let done = Bytes("[DONE]".utf8)

    private func write(_ failure: ProviderFailure, into output: inout Bytes) {
        let failure = DoorFailure(failure)
        switch door {
        case .openAIChat, .plain: SSEEvent(data: failure.openAIBody).write(into: &output)
        case .openAIResponses: SSEEvent(name: "error", data: failure.openAIBody).write(into: &output)
        case .anthropic: SSEEvent(name: "error", data: failure.anthropicBody).write(into: &output)
        }
    }

    /// Ends a stream without an answer.
    private func giveUp(into output: inout Bytes) {
        guard let surrender = choices.surrender else { return }
        (failure, hasEnded, held) = (surrender, true, [])
        write(surrender, into: &output)
    }

    private func finish(_ reason: FinishReason, choice: Int = 0) {
        choices.finish(choice, reason, isEmpty: !choices.hasSpoken(choice, of: text))
        endsChoice = true
    }

    private func fail(_ failure: ProviderFailure) -> Bool {
        self.failure = failure
        hasEnded = true
        return false
    }

    private func readChunk(_ root: JSONNode) -> Bool {
        if let error = root.present("error") { return fail(OpenAIFailure.decode(error, status: 0)) }
        let nodes = root["choices"]?.elements ?? []
        for choice in nodes {
            if let delta = choice.present("delta") {
                let length = text.utf8.count
                keep(delta, except: "role")
                choices.begin(choice.count("index"), says: text.utf8.count > length)
            }
            if let reason = choice["finish_reason"]?.string, !reason.isEmpty {
                finish(OpenAIFinishReason.decode(reason, hasCalls: false), choice: choice.count("index"))
            }
            if let node = choice.present("usage") { usage = OpenAIUsage.decode(node) }
        }
        guard let node = root.present("usage"), node.isObject else { return true }
        usage = OpenAIUsage.decode(node)
        return includeUsage || !nodes.isEmpty
    }

    private func readMessageEvent(_ root: JSONNode) -> Bool {
        guard let kind = root["type"] else { return true }
        if kind.equals("content_block_delta") {
            if let delta = root.present("delta") { keep(delta, except: "signature") }
        } else if kind.equals("content_block_start") {
            if let name = root.present("content_block")?.present("name") { keep(name) }
        } else if kind.equals("error") {
            return fail(AnthropicFailure.decode(root.present("error") ?? root, status: 0))
        } else if kind.equals("message_stop") {
            hasEnded = true
        } else if let node = root.present("usage") ?? root.present("message")?.present("usage") {
            if let delta = root.present("delta"), let reason = delta["stop_reason"]?.string {
                finish(AnthropicStopReason.decode(reason, stopSequence: delta["stop_sequence"]?.string))
            }
            var usage = usage ?? ModelUsage()
            AnthropicUsage.merge(node, into: &usage)
            self.usage = usage
        }
        return true
    }

    private func readResponseEvent(_ root: JSONNode) -> Bool {
        guard let kind = root["type"]?.string else { return true }
        switch kind {
        case "error": return fail(OpenAIFailure.decode(root.present("error") ?? root, status: 0))
        case "response.completed", "response.incomplete", "response.failed":
            hasEnded = true
            let response = root.present("response")
            if let response { finish(ResponsesResponseDecoder.finish(response, hasCalls: false)) }
            usage = response?.present("usage").map(ResponsesUsage.decode) ?? usage
            if kind == "response.failed" {
                failure =
                    response?.present("error").map { OpenAIFailure.decode($0, status: 0) }
                    ?? ProviderFailure(.server, message: "the response failed")
            }
        case "response.output_item.added": if let name = root.present("item")?.present("name") { keep(name) }
        default: if kind.hasSuffix(".delta"), let delta = root.present("delta") { keep(delta) }
        }
        return true
    }

    /// Keeps the texts of a piece of the answer.
    /// - Parameter except: a member that is none of it, beside those that only name things.
    private func keep(_ node: JSONNode, except: String = "") {
        if node.isString {
            let token = node.token
            kept = (kept.count + 1, token.kind == .string ? Int(token.start)..<Int(token.end) : nil)
            if text.utf8.count < Self.keptBytes { text += node.string ?? "" }
        } else if node.isObject {
            node.members { name, value in if name != except, name != "type", name != "id" { keep(value) } }
        } else if node.isArray {
            for element in node.elements { keep(element) }
        }
    }
}
