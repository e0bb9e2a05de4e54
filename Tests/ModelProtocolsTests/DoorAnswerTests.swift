import ModelProtocols
import Primitives
import Testing

@Suite("Answers for callers")
struct DoorAnswerTests {
    private func written(_ door: Door, _ events: [ModelStreamEvent], includeUsage: Bool = true) throws -> [SSEEvent] {
        var request = ModelRequest(model: "asked", messages: [ModelMessage(.user, "x")])
        request.includeUsage = includeUsage
        var encoder = door.streamEncoder(Fixtures.context(request))
        var output = Bytes()
        for event in events { encoder.encode(event, into: &output) }
        var parser = SSEParser()
        var written: [SSEEvent] = []
        try parser.feed(output, into: &written)
        return written
    }

    private func names(_ events: [SSEEvent]) throws -> [String] {
        try events.map { event in
            let kind = try JSONValue(parsing: event.data)["type"]?.stringValue
            #expect(kind == event.name)
            return event.name
        }
    }

    private static let events: [ModelStreamEvent] = [
        .start(id: "a1", model: "m1", created: 5), .reasoning("Hm."), .reasoningSignature("c2ln"), .heartbeat, .text("Hel"),
        .text("lo"),
        .toolCall(ToolCall(id: "c1", name: "look", arguments: ""), index: 0), .toolArguments("{}", index: 0),
        .finish(FinishReason(.toolCalls, raw: "tool_calls")), .usage(ModelUsage(input: 7, output: 3)), .end,
    ]

    @Test("Anthropic's events come in Anthropic's order")
    func messageEvents() throws {
        let events = try written(.anthropic, Self.events)
        #expect(
            try names(events) == [
                "message_start", "content_block_start", "ping", "content_block_delta", "content_block_delta", "content_block_stop",
                "ping",
                "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "content_block_start",
                "content_block_delta", "content_block_stop", "message_delta", "message_stop",
            ])
        let values = try events.map { try JSONValue(parsing: $0.data) }
        #expect(values.compactMap { $0["index"]?.integerValue } == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
        #expect(values[14]["delta"] == ["stop_reason": "tool_use", "stop_sequence": nil])
        #expect(values[14]["usage"]?["output_tokens"] == 3 && values[14]["usage"]?["input_tokens"] == 7)
    }

    @Test("OpenAI's chunks start with the role and end with usage and [DONE]", arguments: [true, false])
    func chunks(_ includeUsage: Bool) throws {
        let events = try written(.openAIChat, Self.events, includeUsage: includeUsage)
        #expect(events.last?.data == Bytes("[DONE]".utf8))
        let chunks = try events.dropLast().map { try JSONValue(parsing: $0.data) }
        #expect(chunks[0]["choices"]?[0]?["delta"]?["role"] == "assistant")
        #expect(chunks.allSatisfy { $0["id"] == "a1" && $0["model"] == "m1" && $0["created"] == 5 })
        #expect(chunks.dropFirst().allSatisfy { $0["choices"]?[0]?["delta"]?["role"] == nil })
        let last = try #require(chunks.last)
        #expect((last["choices"] == []) == includeUsage)
        #expect((last["usage"]?["total_tokens"] == 10) == includeUsage)
        #expect(chunks.contains { $0["choices"]?[0]?["finish_reason"] == "tool_calls" })
    }

    @Test("The Responses events are numbered, nested and end with the whole answer")
    func responseEvents() throws {
        let events = try written(.openAIResponses, Self.events)
        #expect(
            try names(events) == [
                "response.created", "response.in_progress", "response.output_item.added", "response.reasoning_summary_part.added",
                "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done",
                "response.reasoning_summary_part.done",
                "response.output_item.done", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                "response.output_item.done",
                "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done",
                "response.output_item.done", "response.completed",
            ])
        let values = try events.map { try JSONValue(parsing: $0.data) }
        #expect(values.map { $0["sequence_number"]?.integerValue } == (0..<20).map { Int64($0) })
        let output = values[19]["response"]?["output"]
        #expect(output?[0]?["encrypted_content"] == "c2ln" && output?[1]?["content"]?[0]?["text"] == "Hello")
        #expect(output?[1]?["id"] == values[10]["item_id"] && output?[2]?["id"] == values[16]["item_id"])
        #expect(values[19]["response"]?["usage"]?["total_tokens"] == 10)
    }

    @Test("Every answer goes out through every door, whole and streamed", arguments: Door.allCases, ProviderProfile.Wire.allCases)
    func pairs(_ door: Door, _ wire: ProviderProfile.Wire) throws {
        let response = try Fixtures.codec(wire).decodeResponse(Fixtures.answer(wire))
        let request = try door.decode(Fixtures.request(door))
        let body = String(decoding: door.encode(response, Fixtures.context(request)), as: UTF8.self)
        #expect(body.contains("Hello, wörld") && body.contains("look") && body.contains("Hm."))
        var decoder = Fixtures.codec(wire).streamDecoder()
        var events: [ModelStreamEvent] = []
        try decoder.feed(Fixtures.stream(wire), into: &events)
        try decoder.finish(into: &events)
        let streamed = try written(door, events)
        let replayed = try written(door, response.streamEvents)
        for events in [streamed, replayed] {
            let text = events.map { String(decoding: $0.data, as: UTF8.self) }.joined()
            #expect(text.contains("wörld") && text.contains("zoom") && text.contains("Hm."))
            for event in events where event.data != Bytes("[DONE]".utf8) {
                #expect(throws: Never.self) { try JSONTape(parsing: event.data) }
            }
        }
    }

    @Test(
        "What a door writes, the same protocol's provider side reads back",
        arguments: [
            (Door.openAIChat, ProviderProfile.Wire.openAIChat), (.anthropic, .anthropic), (.openAIResponses, .openAIResponses),
        ])
    func readBack(_ door: Door, _ wire: ProviderProfile.Wire) throws {
        let response = try Fixtures.codec(wire).decodeResponse(Fixtures.answer(wire))
        let context = Fixtures.context(try door.decode(Fixtures.request(door)))
        let again = try Fixtures.codec(wire).decodeResponse(door.encode(response, context))
        #expect(again.choices.map(\.parts) == response.choices.map(\.parts))
        #expect(again.usage == response.usage)
        #expect(again.choices.map(\.finish.kind) == response.choices.map(\.finish.kind))
        var encoder = door.streamEncoder(context)
        var output = Bytes()
        for event in response.streamEvents { encoder.encode(event, into: &output) }
        var decoder = Fixtures.codec(wire).streamDecoder()
        var events: [ModelStreamEvent] = []
        try decoder.feed(output, into: &events)
        var answer = ResponseAccumulator()
        events.forEach { answer.add($0) }
        #expect(answer.isComplete && answer.answer.choices.map(\.parts) == response.choices.map(\.parts))
    }

    @Test("Arguments that a model got wrong reach callers as text")
    func wrongArguments() throws {
        let call = ToolCall(id: "c", name: "f", arguments: #"{"a":"#)
        let response = ModelResponse(
            id: "a", model: "m", choices: [ModelChoice(parts: [.toolCall(call)], finish: FinishReason(.toolCalls, raw: ""))])
        let request = ModelRequest(model: "m", messages: [])
        let body = try JSONValue(parsing: Door.anthropic.encode(response, Fixtures.context(request)))
        #expect(body["content"]?[0]?["input"] == ["invalid_arguments": #"{"a":"#])
    }

    @Test("Nothing follows a failure", arguments: Door.allCases)
    func failure(_ door: Door) throws {
        let failure = ProviderFailure(.overloaded, message: "busy")
        let events = try written(door, [.start(id: "", model: "", created: 0), .text("a"), .failure(failure), .end])
        let last = String(decoding: try #require(events.last).data, as: UTF8.self)
        #expect(last.contains("busy") && !last.contains("DONE"))
    }
}
