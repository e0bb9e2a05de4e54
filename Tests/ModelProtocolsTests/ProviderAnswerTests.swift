import ModelProtocols
import Primitives
import Testing

@Suite("Providers' answers")
struct ProviderAnswerTests {
    private func check(_ response: ModelResponse, _ wire: ProviderProfile.Wire) throws {
        #expect(response.id == (wire == .ollama ? "" : "a1") && response.model == "m1")
        let choice = try #require(response.choices.first)
        #expect(choice.finish.kind == .toolCalls)
        #expect(choice.parts.plainText == "Hello, wörld")
        #expect(choice.parts.reasoning.map(\.text) == ["Hm."])
        let call = try #require(choice.parts.toolCalls.first)
        #expect(call.id == "c1" && call.name == "look" && call.arguments == #"{"zoom":2}"#)
        let usage = try #require(response.usage)
        #expect(usage.input == 20 && usage.output == 9)
        if wire != .ollama { #expect(usage.cachedRead == 4 && usage.reasoning == 3) }
        if wire == .anthropic { #expect(choice.parts.reasoning.first?.signature == "c2ln") }
    }

    @Test("A whole answer of every provider reads the same", arguments: ProviderProfile.Wire.allCases)
    func whole(_ wire: ProviderProfile.Wire) throws {
        try check(Fixtures.codec(wire).decodeResponse(Fixtures.answer(wire)), wire)
    }

    private func events(_ wire: ProviderProfile.Wire, _ pieces: [Bytes]) throws -> [ModelStreamEvent] {
        var decoder = Fixtures.codec(wire).streamDecoder()
        var events: [ModelStreamEvent] = []
        for piece in pieces { try decoder.feed(piece, into: &events) }
        try decoder.finish(into: &events)
        return events
    }

    @Test(
        "A stream cut at any byte gives the same events, and the same answer as a whole one",
        arguments: ProviderProfile.Wire.allCases)
    func streamed(_ wire: ProviderProfile.Wire) throws {
        let bytes = Fixtures.stream(wire)
        let expected = try events(wire, [bytes])
        #expect(expected.last == .end)
        var answer = ResponseAccumulator()
        expected.forEach { answer.add($0) }
        #expect(answer.isComplete && answer.failure == nil)
        try check(answer.answer, wire)
        for cut in 0...bytes.count { #expect(try events(wire, [Bytes(bytes[..<cut]), Bytes(bytes[cut...])]) == expected) }
        #expect(try events(wire, bytes.map { [$0] }) == expected)
    }

    @Test("A stream that ends early is a failure, wherever it ends", arguments: ProviderProfile.Wire.allCases)
    func closedEarly(_ wire: ProviderProfile.Wire) throws {
        let bytes = Fixtures.stream(wire)
        for length in stride(from: 0, to: bytes.count - 400, by: 7) {
            let last = try events(wire, [Bytes(bytes[..<length])]).last
            guard case .failure(let failure)? = last else {
                Issue.record("\(length) bytes end in \(String(describing: last))")
                continue
            }
            #expect(failure.kind == .closedEarly && failure.isRetriable)
        }
    }

    @Test("Garbage within a stream is a malformed answer", arguments: ProviderProfile.Wire.allCases)
    func garbage(_ wire: ProviderProfile.Wire) {
        let garbage = wire == .ollama ? "<html>\n" : "data: <html>\n\n"
        #expect { try events(wire, [Bytes(garbage.utf8)]) } throws: { ($0 as? ProviderFailure)?.kind == .malformedAnswer }
        #expect { try Fixtures.codec(wire).decodeResponse(Bytes("{}".utf8)) } throws: {
            ($0 as? ProviderFailure)?.kind == .malformedAnswer
        }
    }

    @Test("An error within a stream ends it")
    func streamError() throws {
        let chat = try events(
            .openAIChat, [Bytes(#"data: {"error":{"message":"slow down","type":"rate_limit_error","code":429}}"#.utf8) + [10, 10]])
        #expect(
            chat == [.failure(ProviderFailure(.rateLimited, status: 429, providerCode: "rate_limit_error", message: "slow down"))])
        let messages = try events(
            .anthropic,
            [
                Bytes(
                    #"data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
                        .utf8)
            ])
        #expect(messages == [.failure(ProviderFailure(.overloaded, providerCode: "overloaded_error", message: "Overloaded"))])
    }

    @Test("Servers that give every call the index 0, or repeat identifiers, are understood")
    func looseCalls() throws {
        func chunk(_ calls: String) -> String { #"data: {"choices":[{"index":0,"delta":{"tool_calls":["# + calls + "]}}]}\n\n" }
        let stream =
            chunk(#"{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"#)
            + chunk(#"{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}"#)
            + chunk(#"{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}"#)
            + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        var answer = ResponseAccumulator()
        for event in try events(.openAIChat, [Bytes(stream.utf8)]) { answer.add(event) }
        #expect(answer.isComplete)
        #expect(answer.answer.choices[0].finish.kind == .toolCalls)
        #expect(answer.answer.choices[0].parts.toolCalls.map(\.arguments) == ["{}", "{}"])
        #expect(answer.answer.choices[0].parts.toolCalls.map(\.name) == ["f", "g"])
    }

    @Test("A choice far out of range does no harm")
    func farChoice() throws {
        var answer = ResponseAccumulator()
        for event in try events(
            .openAIChat,
            [
                Bytes(
                    #"data: {"choices":[{"index":999999999,"delta":{"tool_calls":[{"id":"a","function":{"name":"f"}}]}}]}"#
                        .utf8)
            ])
        { answer.add(event) }
        #expect(answer.answer.choices.isEmpty)
    }

    @Test("A prompt that Gemini blocks is a content filter's work")
    func blocked() throws {
        let body = Bytes(#"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}}"#.utf8)
        let response = try Fixtures.codec(.gemini).decodeResponse(body)
        #expect(response.choices.first?.finish == FinishReason(.contentFilter, raw: "SAFETY"))
    }

    @Test(
        "Providers' bytes changed anywhere never crash, and never make numbers overflow", arguments: ProviderProfile.Wire.allCases)
    func mutations(_ wire: ProviderProfile.Wire) {
        var (answer, stream) = (Fixtures.answer(wire), Fixtures.stream(wire))
        // Counts of 19 digits are the largest that fit into an integer.
        let huge = Bytes("9223372036854775807".utf8)
        for index in answer.indices.reversed() where answer[index] == UInt8(ascii: "9") {
            answer.replaceSubrange(index...index, with: huge)
        }
        var request = ModelRequest(model: "m", messages: [])
        request.includeUsage = true
        if let response = try? Fixtures.codec(wire).decodeResponse(answer) {
            for door in Door.allCases { #expect(!door.encode(response, Fixtures.context(request)).isEmpty) }
        }
        for (position, byte) in [UInt8(ascii: "\""), UInt8(ascii: "}"), UInt8(ascii: "0"), 0xFF, 0x0A].enumerated() {
            for index in stride(from: position, to: stream.count, by: 17) {
                let kept = stream[index]
                stream[index] = byte
                if let events = try? events(wire, [stream]) { #expect(isEnd(events.last)) }
                stream[index] = kept
            }
        }
    }

    private func isEnd(_ event: ModelStreamEvent?) -> Bool {
        switch event {
        case .end?, .failure?: true
        default: false
        }
    }
}
