import ModelProtocols
import Primitives
import Testing

@Suite("Calls that pass through")
struct PassThroughTests {
    private let openAI = ProviderProfile(.openAIChat)

    private func request(_ fields: String, door: Door = .openAIChat) throws -> PassThroughRequest {
        try PassThroughRequest(
            Bytes(#"{"temperature":0.50,"model":"mine",\#(words(door))\#(fields)}"#.utf8), door: door
        )
    }

    private func words(_ door: Door) -> String {
        door == .openAIResponses ? #""input":"h\u00e9""# : #""messages":[{"role":"user","content":"h\u00e9"}]"#
    }

    private func body(_ fields: String) throws -> String {
        String(decoding: try request(fields).call(model: "up/\"x\"", profile: openAI).body, as: UTF8.self)
    }

    @Test("Only the model changes")
    func model() throws {
        let rest = #""messages":[{"role":"user","content":"h\u00e9"}]"#
        #expect(try body("") == #"{"temperature":0.50,"model":"up/\"x\"",\#(rest)}"#)
        #expect(
            try body(#","stream":true,"stream_options":{"include_usage":true}"#)
                == #"{"temperature":0.50,"model":"up/\"x\"",\#(rest),"stream":true,"stream_options":{"include_usage":true}}"#)
    }

    @Test(
        "A stream is always asked for its usage",
        arguments: [
            "", #","stream_options":{}"#, #","stream_options":null"#,
            #","stream_options":{"include_usage":false,"include_obfuscation":false}"#,
        ])
    func usage(_ options: String) throws {
        let call = try JSONValue(body(#","stream":true"# + options))
        #expect(call["stream_options"]?["include_usage"] == true)
        #expect(options.contains("obfuscation") == (call["stream_options"]?["include_obfuscation"] == false))
    }

    @Test("Answers are kept by nobody", arguments: ["", #","store":null"#, #","store":false"#])
    func store(_ field: String) throws {
        let request = try PassThroughRequest(Bytes(#"{"model":"m","input":"h"\#(field)}"#.utf8), door: .openAIResponses)
        let sent = request.call(model: "up", profile: ProviderProfile(.openAIResponses)).body
        #expect(try JSONValue(parsing: sent)["store"] == false)
        #expect(String(decoding: sent, as: UTF8.self).split(separator: "\"store\"").count == 2)
    }

    @Test(
        "What a call is made for is not told, wherever it stands",
        arguments: [
            (#"{"metadata":{"video":"v","channel":"c"},"model":"m","messages":[1]}"#, #"{"model":"up","messages":[1]}"#),
            (#"{"model":"m" , "metadata" : {"video":"v"} , "messages":[1]}"#, #"{"model":"up" , "messages":[1]}"#),
            (#"{"model":"m","messages":[1] , "m\u0065tadata":{"v\u0069deo":"v"} }"#, #"{"model":"up","messages":[1] }"#),
            (#"{"messages":[1],"model":"m","metadata":{}}"#, #"{"messages":[1],"model":"up"}"#),
            (
                #"{"metadata":{"video":"v","a":"b" , "c":{"video":1}},"model":"m","messages":[1]}"#,
                #"{"metadata":{"a":"b","c":{"video":1}},"model":"up","messages":[1]}"#
            ),
            (
                #"{"metadata":{"video":"v"},"stream":true,"model":"m","messages":[1]}"#,
                #"{"stream_options":{"include_usage":true},"stream":true,"model":"up","messages":[1]}"#
            ),
        ])
    func labels(_ body: String, _ expected: String) throws {
        let request = try PassThroughRequest(Bytes(body.utf8), door: .openAIChat)
        let call = request.call(model: "up", profile: ProviderProfile(.openAIChat, dialect: .openRouter))
        #expect(String(decoding: call.body, as: UTF8.self) == expected && call.adjustments.isEmpty)
        let own = request.call(model: "up", profile: openAI)
        #expect(try JSONValue(parsing: own.body)["metadata"] == nil)
        #expect(own.adjustments.map(\.field) == (expected.contains("metadata") ? ["metadata"] : []))
    }

    @Test(
        "What only a client's maker reads goes nowhere, wherever it stands",
        arguments: [
            (
                #"{"client_metadata":{"a":"b"},"model":"m","input":"h","access_programs":{"x":1},"store":false}"#,
                #"{"model":"up","input":"h","store":false}"#
            ),
            (
                #"{"model":"m","input":"h","store":false , "client_metadata":{"a":","},"metadata":{"video":"v"},"#
                    + #""access_programs":[]}"#,
                #"{"model":"up","input":"h","store":false}"#
            ),
            (
                #"{ "access_programs":1,"client_metadata":2,"input":"h","model":"m"}"#,
                #"{"store":false, "input":"h","model":"up"}"#
            ),
        ])
    func unsent(_ body: String, _ expected: String) throws {
        let request = try PassThroughRequest(Bytes(body.utf8), door: .openAIResponses)
        let call = request.call(model: "up", profile: ProviderProfile(.openAIResponses))
        #expect(String(decoding: call.body, as: UTF8.self) == expected)
        #expect(Set(call.adjustments.map(\.field)) == ["client_metadata", "access_programs"])
    }

    @Test("What the gateway needs is read")
    func fields() throws {
        let request = try request(#","max_tokens":5,"max_completion_tokens":9,"n":3,"tools":[{"type":"function"}]"#)
        #expect(request.model == "mine" && request.maximumTokens == 9 && request.choices == 3 && !request.stream)
        #expect(request.traits.usesTools && request.traits.images == 0)
    }

    @Test(
        "What could be read in two ways is refused",
        arguments: [
            (#","model":"other""#, "model"), (#","m\u006fdel":"other""#, "model"), (#","stream":1"#, "stream"), (#","n":0"#, "n"),
            (#","metadata":7"#, "metadata"), (#","max_tokens":"9""#, "max_tokens"), (#","stream_options":[]"#, "stream_options"),
        ])
    func refused(_ fields: String, _ field: String) {
        #expect { try request(fields) } throws: { ($0 as? ModelRequestError)?.field == field }
    }

    @Test(
        "Another door's names are not this one's",
        arguments: [
            (Door.openAIResponses, "max_tokens"), (.openAIResponses, "max_completion_tokens"), (.openAIResponses, "messages"),
            (.openAIResponses, "n"), (.anthropic, "max_completion_tokens"), (.anthropic, "max_output_tokens"), (.anthropic, "n"),
            (.anthropic, "stream_options"), (.openAIChat, "max_output_tokens"), (.openAIChat, "stop_sequences"),
        ])
    func foreign(_ door: Door, _ field: String) {
        #expect { try request(#","\#(field)":1"#, door: door) } throws: {
            ($0 as? ModelRequestError)?.field == field && ($0 as? ModelRequestError)?.reason == .unknownField
        }
    }

    @Test("Only the same protocol passes, and a dialect must know the words")
    func fits() throws {
        let plain = try request("")
        #expect(plain.fits(openAI) && plain.fits(ProviderProfile(.openAIChat, dialect: .llamaCpp)))
        for wire in ProviderProfile.Wire.allCases where wire != .openAIChat { #expect(!plain.fits(ProviderProfile(wire))) }
        let newer = try request(#","max_completion_tokens":9"#)
        #expect(newer.fits(openAI) && !newer.fits(ProviderProfile(.openAIChat, dialect: .vLLM)))
    }

    private static let doors: [(Door, ProviderProfile.Wire)] = [
        (.openAIChat, .openAIChat), (.openAIResponses, .openAIResponses), (.anthropic, .anthropic),
    ]

    @Test("A stream passes unchanged at any cut, its usage noted", arguments: doors)
    func stream(_ door: Door, _ wire: ProviderProfile.Wire) throws {
        let options = door == .openAIChat ? #","stream_options":{"include_usage":true}"# : ""
        let fields = #","stream":true"# + options
        let bytes = Fixtures.stream(wire)
        var parser = SSEParser()
        var expected: [SSEEvent] = []
        try parser.feed(bytes, into: &expected)
        var (decoder, decoded) = (ProviderCodec(ProviderProfile(wire)).streamDecoder(), [ModelStreamEvent]())
        try decoder.feed(bytes, into: &decoded)
        for cut in stride(from: 0, to: bytes.count, by: 11) {
            let stream = PassThroughStream(try request(fields, door: door))
            var output = Bytes()
            try stream.feed(Bytes(bytes[..<cut]), into: &output)
            try stream.feed(Bytes(bytes[cut...]), into: &output)
            stream.finish(into: &output)
            var parser = SSEParser()
            var events: [SSEEvent] = []
            try parser.feed(output, into: &events)
            #expect(events == expected)
            #expect(stream.usage?.input == 20 && stream.usage?.output == 9 && stream.usage?.cachedRead == 4)
            #expect(stream.text == decoded.map(\.charged).joined() && !stream.text.isEmpty)
            #expect(stream.hasEnded && stream.failure == nil && stream.areFinished && stream.isUsageFinal)
        }
    }

    /// Events that are alike but for a word are not read again: what is not quite alike must be.
    @Test(
        "What only looks like the event before it is read as any other",
        arguments: [
            (#"{"choices":[{"delta":{"content":"b"}}]}"#, "ab", false),
            (#"{"choices":[{"delta":{"content":"\n\u00e9"}}]}"#, "a\né", false),
            (#"{"choices":[{"delta":{"content":"é"}}]}"#, "aé", false),
            (#"{"choices":[{"delta":{"content":""}}]}"#, "a", false),
            (#"{"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}"#, "ab", true),
            (#"{"choices":[{"delta":{"content":"b","role":"x"},"finish_reason":"stop","x":{"y":""}}]}"#, "ab", true),
        ])
    func repeated(_ event: String, _ text: String, _ finishes: Bool) throws {
        let stream = PassThroughStream(try request(#","stream":true"#))
        var output = Bytes()
        let first = #"{"choices":[{"delta":{"content":"a"}}]}"#
        for event in [first, event, event] { try stream.feed(Bytes("data: \(event)\n\n".utf8), into: &output) }
        let rest = text.dropFirst()
        #expect(stream.text == "a\(rest)\(rest)" && stream.areFinished == finishes)
        #expect(String(decoding: output, as: UTF8.self) == [first, event, event].map { "data: \($0)\n\n" }.joined())
    }

    @Test(
        "What is no JSON does not pass because the event before it was",
        arguments: [
            #"{"choices":[{"delta":{"content":"b""}}]}"#, #"{"choices":[{"delta":{"content":"b\"}}]}"#,
            "{\"choices\":[{\"delta\":{\"content\":\"\u{1}\"}}]}", #"{"choices":[{"delta":{"content"#,
            #"{"choices":[{"delta":{"content""}}]}"#,
        ])
    func repeatedGarbage(_ event: String) throws {
        let stream = PassThroughStream(try request(#","stream":true"#))
        var output = Bytes()
        try stream.feed(Bytes((#"data: {"choices":[{"delta":{"content":"a"}}]}"# + "\n\n").utf8), into: &output)
        #expect(throws: ProviderFailure.self) { try stream.feed(Bytes("data: \(event)\n\n".utf8), into: &output) }
    }

    @Test("Usage that was not asked for is taken out")
    func hiddenUsage() throws {
        let stream = PassThroughStream(try request(#","stream":true"#))
        var output = Bytes()
        try stream.feed(Fixtures.stream(.openAIChat), into: &output)
        let text = String(decoding: output, as: UTF8.self)
        #expect(!text.contains("total_tokens") && text.hasSuffix("data: [DONE]\n\n") && stream.usage?.output == 9)
    }

    @Test("A stream that ends early tells so in the caller's protocol", arguments: doors)
    func closedEarly(_ door: Door, _ wire: ProviderProfile.Wire) throws {
        let stream = PassThroughStream(try request(#","stream":true"#, door: door))
        var output = Bytes()
        try stream.feed(Bytes(Fixtures.stream(wire).prefix(300)), into: &output)
        stream.finish(into: &output)
        #expect(stream.failure?.kind == .closedEarly)
        #expect(String(decoding: output, as: UTF8.self).contains("provider-closed-early") || door == .anthropic)
    }

    @Test("A whole answer passes unchanged, its usage noted", arguments: doors)
    func whole(_ door: Door, _ wire: ProviderProfile.Wire) throws {
        let answer = try PassThroughAnswer(Fixtures.answer(wire), door: door)
        #expect(answer.body == Fixtures.answer(wire) && answer.model == "m1")
        #expect(answer.usage?.input == 20 && answer.usage?.output == 9)
        #expect(throws: ProviderFailure.self) { try PassThroughAnswer(Bytes("<html>".utf8), door: door) }
    }

    @Test(
        "A filtered response without a word is no answer",
        arguments: [
            ("", true), (#"{"type":"reasoning","summary":[]}"#, true), (#"{"type":"message","content":[]}"#, true),
            (#"{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}]}"#, false),
            (#"{"type":"message","content":[{"type":"output_text","text":"Hi"}]}"#, false),
            (#"{"type":"function_call","name":"f","arguments":"{}"}"#, false),
        ])
    func filtered(_ items: String, _ isFailure: Bool) throws {
        let body =
            #"{"id":"r","model":"m","status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[\#(items)]}"#
        let answer = try PassThroughAnswer(Bytes(body.utf8), door: .openAIResponses)
        #expect((answer.failure?.kind == .contentFilter) == isFailure && (answer.failure == nil) != isFailure)
    }
}
