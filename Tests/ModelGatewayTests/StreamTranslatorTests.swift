import ModelProtocols
import Primitives
import Testing

@testable import ModelGateway

/// Streams cut into pieces of any size.
@Suite struct StreamTranslatorTests {
    private static let profile = ProviderProfile(.openAIChat, dialect: .openRouter)

    private func translator(_ door: Door, passing: Bool, choices: Int = 1) throws -> StreamTranslator {
        let body = Bytes(#"{"model":"m","stream":true,"n":\#(choices),"messages":[{"role":"user","content":"x"}]}"#.utf8)
        let (codec, road) = (ProviderCodec(Self.profile), try Door.openAIChat.decode(body))
        let whole = try PassThroughRequest(body, door: .openAIChat)
        let outgoing = OutgoingCall(
            call: try codec.encode(road, model: "m"), codec: codec, road: passing ? .passing(whole) : .translating(road))
        return StreamTranslator(outgoing, door: door, context: WholeAnswer.context)
    }

    private func chunk(_ choice: Int, _ members: String) -> String {
        #"data: {"id":"c","model":"m","choices":[{"index":\#(choice),\#(members)}]}"# + "\n\n"
    }

    private static let end = #"data: {"choices":[],"usage":{"prompt_tokens":21,"completion_tokens":9}}"# + "\n\ndata: [DONE]\n\n"

    private func feed(_ text: String, by size: Int, to translator: StreamTranslator) throws -> String {
        let bytes = Bytes(text.utf8)
        var output = Bytes()
        for place in stride(from: 0, to: bytes.count, by: size) where !translator.hasEnded {
            try translator.feed(Bytes(bytes[place..<min(place + size, bytes.count)]), into: &output)
        }
        translator.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [1, 1 << 20], [(Door.openAIChat, true)] + Door.allCases.map { ($0, false) })
    func surrenderIsToldOnceTheUsageIsKnown(_ size: Int, _ road: (door: Door, passing: Bool)) throws {
        let translator = try translator(road.door, passing: road.passing)
        let text = chunk(0, #""delta":{"content":"Hi"}"#) + chunk(0, #""delta":{},"finish_reason":"error""#) + Self.end
        let output = try feed(text, by: size, to: translator)
        #expect(translator.failure?.kind == .malformedAnswer && translator.hasEnded)
        #expect(translator.usage?.output == 9 && translator.isUsageFinal)
        #expect(output.contains("Hi") && output.contains("(malformed-answer)"), "\(output)")
        for end in ["[DONE]", "message_stop", "response.completed", "event: finish", "\"finish_reason\":\""] {
            #expect(!output.contains(end), "\(output)")
        }
    }

    @Test(arguments: [1, 1 << 20], [true, false])
    func theOthersGoOnWhenOneOfSeveralFails(_ size: Int, _ passing: Bool) throws {
        for (second, fails) in [("stop", false), ("error", true)] {
            let translator = try translator(.openAIChat, passing: passing, choices: 2)
            let first =
                chunk(0, #""delta":{"content":"Hi"}"#) + chunk(1, #""delta":{"content":"Ho"}"#)
                + chunk(0, #""delta":{},"finish_reason":"error""#)
            var output = Bytes()
            try translator.feed(Bytes(first.utf8), into: &output)
            #expect(!translator.hasFinished && translator.failure == nil)
            let rest = chunk(1, #""delta":{"content":"He"}"#) + chunk(1, #""delta":{},"finish_reason":"\#(second)""#) + Self.end
            let text = String(decoding: output, as: UTF8.self) + (try feed(rest, by: size, to: translator))
            #expect((translator.failure != nil) == fails && translator.isUsageFinal && translator.hasFinished)
            #expect(text.contains("He") && text.contains("[DONE]") != fails, "\(text)")
            #expect(text.split(separator: "\"finish_reason\":\"").count == (fails ? 1 : 3), "\(text)")
        }
    }

    @Test(arguments: [true, false]) func aFilterThatLetsNothingThroughIsAFailure(_ passing: Bool) throws {
        let filtered = #""delta":{},"finish_reason":"content_filter""#
        var translator = try translator(.openAIChat, passing: passing)
        let nothing = try feed(chunk(0, filtered) + Self.end, by: 1 << 20, to: translator)
        #expect(translator.failure?.kind == .contentFilter && translator.usage?.output == 9)
        #expect(!nothing.contains("\"finish_reason\":\""), "\(nothing)")
        translator = try self.translator(.openAIChat, passing: passing)
        let text = chunk(0, #""delta":{"content":"Hi"}"#) + chunk(0, filtered) + Self.end
        let something = try feed(text, by: 1 << 20, to: translator)
        #expect(translator.failure == nil && something.contains("\"finish_reason\":\"content_filter\""), "\(something)")
    }

    /// Once the caller has seen the beginning nobody else can be asked, and the stream ends as its provider ends it.
    @Test(arguments: [true, false]) func aFilterThatComesLaterEndsAsTheProviderEndsIt(_ passing: Bool) throws {
        // Shown, and no word of an answer.
        let role = chunk(0, #""delta":{"role":"assistant","content":""},"logprobs":{"content":[{"token":"","logprob":0}]}"#)
        let filtered = chunk(0, #""delta":{},"finish_reason":"content_filter""#)
        var (translator, output) = (try translator(.openAIChat, passing: passing), Bytes())
        try translator.feed(Bytes(role.utf8), into: &output)
        #expect(!output.isEmpty)
        let rest = try feed(filtered + Self.end, by: 1 << 20, to: translator)
        #expect(translator.failure == nil && rest.contains("\"content_filter\"") && rest.contains("[DONE]"), "\(rest)")
        translator = try self.translator(.openAIChat, passing: passing)
        // What has come together has not been seen, and the usage of it is still to come.
        try translator.feed(Bytes((role + filtered).utf8), into: &output)
        #expect(translator.hasGivenUp && translator.failure == nil)
        _ = try feed(Self.end, by: 1 << 20, to: translator)
        #expect(translator.failure?.kind == .contentFilter && translator.usage?.output == 9)
    }

    /// What another one of several says makes an empty one no answer.
    @Test(arguments: [true, false]) func anEmptyOneOfSeveralIsNone(_ passing: Bool) throws {
        let translator = try translator(.openAIChat, passing: passing, choices: 2)
        let ends = [(0, "content_filter"), (1, "error")].map { chunk($0, #""delta":{},"finish_reason":"\#($1)""#) }
        let text = chunk(1, #""delta":{"content":"Hi"}"#) + ends.joined() + Self.end
        _ = try feed(text, by: 1 << 20, to: translator)
        #expect(translator.failure?.kind == .contentFilter)
    }

    /// A role, and that the provider is still there, are no token.
    @Test(arguments: [true, false]) func theFirstTokenIsTheFirstOfTheAnswer(_ passing: Bool) throws {
        let calls = #""delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}]}"#
        for first in [#""delta":{"content":"Hi"}"#, calls, #""delta":{"reasoning":"Hm"}"#, #""delta":{},"finish_reason":"stop""#] {
            let translator = try translator(.openAIChat, passing: passing)
            var output = Bytes()
            let before = ": still here\n\n" + chunk(0, #""delta":{"role":"assistant","content":""}"#)
            try translator.feed(Bytes(before.utf8), into: &output)
            #expect(translator.firstOutput == nil && output.isEmpty == !passing)
            try translator.feed(Bytes(chunk(0, first).utf8), into: &output)
            #expect(translator.firstOutput != nil, "\(first)")
        }
    }

    /// Some servers never say that this was all.
    @Test(arguments: [true, false]) func anAnswerStillUnderWayIsCutOff(_ passing: Bool) throws {
        var translator = try translator(.openAIChat, passing: passing, choices: 2)
        let stop = #""delta":{},"finish_reason":"stop""#
        let begun = chunk(0, #""delta":{"content":"Hi"}"#) + chunk(1, #""delta":{"content":"Ho"}"#) + chunk(0, stop)
        let cut = try feed(begun, by: 1 << 20, to: translator)
        #expect(translator.failure?.kind == .closedEarly && !cut.contains("[DONE]"))
        translator = try self.translator(.openAIChat, passing: passing, choices: 2)
        let whole = try feed(begun + chunk(1, stop), by: 1 << 20, to: translator)
        #expect(translator.failure == nil && whole.contains("[DONE]"))
    }
}
