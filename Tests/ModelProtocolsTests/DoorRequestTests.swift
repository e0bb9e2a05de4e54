import ModelProtocols
import Primitives
import Testing

@Suite("Callers' requests")
struct DoorRequestTests {
    @Test("The same call through every door is the same canonical call", arguments: Door.allCases)
    func canonical(_ door: Door) throws {
        let request = try door.decode(Fixtures.request(door))
        #expect(request.model == "m")
        #expect(request.messages.map(\.role) == [.system, .user, .assistant, .tool])
        #expect(request.messages[0].text == "Be brief.")
        #expect(
            request.messages[1].parts == [
                .text(TextPart(#"What is in "this" picture? ☀️"#)),
                .image(ImagePart(.data(mediaType: "image/png", base64: Fixtures.image))),
            ])
        let call = try #require(request.messages[2].parts.toolCalls.first)
        #expect(call.id == "call_1" && call.name == "look")
        #expect(try JSONValue(call.arguments) == ["zoom": 2])
        #expect(request.messages[3].parts == [.toolResult(ToolResult(callID: "call_1", content: [.text(TextPart("a cat"))]))])
        #expect(request.tools.first?.name == "look")
        #expect(request.tools.first?.parameters?.text.contains(#"{"zoom":{"type":"integer"},"area""#) == true)
        #expect(request.toolChoice == .automatic)
        #expect(request.sampling.temperature == 0.5 && request.sampling.topP == 0.9)
        #expect(request.maximumTokens == 2000 && request.stream && request.includeUsage)
        #expect(request.extensions.isEmpty)
        let traits = request.traits
        #expect(traits.usesTools && traits.images == 1 && !traits.wantsSchema)
    }

    static let faults: [(Door, String, ModelRequestError.Reason, String)] = [
        (.openAIChat, "[]", .wrongType, ""),
        (.openAIChat, "{", .malformed, ""),
        (.openAIChat, #"{"messages":[]}"#, .missing, "model"),
        (.openAIChat, #"{"model":1,"messages":[]}"#, .wrongType, "model"),
        (.openAIChat, #"{"model":"m","model":"n","messages":[{"role":"user","content":"x"}]}"#, .duplicateField, "model"),
        (.openAIChat, #"{"model":"m","mod\u0065l":"n","messages":[{"role":"user","content":"x"}]}"#, .duplicateField, "model"),
        (.openAIChat, #"{"model":"m","messages":"x"}"#, .wrongType, "messages"),
        (.openAIChat, #"{"model":"m","messages":[]}"#, .invalid, "messages"),
        (.openAIChat, #"{"model":"m","messages":[{"content":"x"}]}"#, .missing, "messages[0].role"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"wizard","content":"x"}]}"#, .outOfRange, "messages[0].role"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user"}]}"#, .missing, "messages[0].content"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":5}]}"#, .wrongType, "messages[0].content"),
        (
            .openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x","colour":"red"}]}"#, .unknownField,
            "messages[0].colour"
        ),
        (
            .openAIChat, #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text"}]}]}"#,
            .missing,
            "messages[0].content[1].text"
        ),
        (
            .openAIChat, #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":7}}]}]}"#,
            .wrongType,
            "messages[0].content[0].image_url.url"
        ),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":"hot"}"#, .wrongType, "temperature"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":3}"#, .outOfRange, "temperature"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":0}"#, .outOfRange, "max_tokens"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x"}],"n":1e99}"#, .wrongType, "n"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x"}],"top_logprobs":2}"#, .invalid, "top_logprobs"),
        (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x"}],"functions":[]}"#, .unsupported, "functions"),
        (
            .openAIChat,
            #"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a","#
                + #""parameters":[]}}]}"#,
            .wrongType, "tools[0].function.parameters"
        ),
        (
            .openAIChat, #"{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"maybe"}"#, .outOfRange,
            "tool_choice"
        ),
        (
            .openAIChat,
            #"{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","#
                + #""json_schema":{"name":"a"}}}"#,
            .missing, "response_format.json_schema.schema"
        ),
        (.anthropic, #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#, .missing, "max_tokens"),
        (
            .anthropic,
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}"#,
            .missing, "messages[0].content[0].tool_use_id"
        ),
        (
            .anthropic,
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"#
                + #""tools":[{"type":"web_search_20250305","name":"s"}]}"#,
            .unsupported, "tools[0].type"
        ),
        (
            .anthropic, #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled"}}"#,
            .missing,
            "thinking.budget_tokens"
        ),
        (.openAIResponses, #"{"model":"m"}"#, .missing, "input"),
        (.openAIResponses, #"{"model":"m","input":[{"type":"item_reference","id":"x"}]}"#, .unsupported, "input[0]"),
        (.plain, #"{"model":"m"}"#, .missing, "messages"),
    ]

    @Test("What does not fit is told by name", arguments: faults)
    func toldByName(_ door: Door, _ body: String, _ reason: ModelRequestError.Reason, _ field: String) {
        do throws(ModelRequestError) {
            let request = try door.decode(Bytes(body.utf8))
            Issue.record("decoded as \(request)")
        } catch {
            #expect(error.reason == reason && error.field == field, "\(error)")
            #expect(error.message.contains(field))
        }
    }

    @Test("Wrong types anywhere in a request never crash a door", arguments: Door.allCases)
    func mutations(_ door: Door) throws {
        let body = Fixtures.request(door)
        let root = try JSONTape(parsing: body).root
        var ranges: [Range<Int>] = []
        func collect(_ node: JSONNode) {
            ranges.append(node.range)
            node.members { _, value in collect(value) }
            node.elements.forEach(collect)
        }
        collect(root)
        for range in ranges {
            for replacement in ["null", "7", "\"x\"", "[]", "{}", "true", "[[{}]]"] {
                let changed = Bytes(body[..<range.lowerBound]) + Bytes(replacement.utf8) + Bytes(body[range.upperBound...])
                do throws(ModelRequestError) {
                    let request = try door.decode(changed)
                    for wire in ProviderProfile.Wire.allCases {
                        guard let call = try? Fixtures.codec(wire).encode(request, model: "u") else { continue }
                        #expect(throws: Never.self) { try JSONTape(parsing: call.body) }
                    }
                } catch {
                    #expect(!error.message.isEmpty)
                }
            }
        }
    }

    @Test("Ten thousand messages and ten megabytes are read")
    func large() throws {
        let message = #"{"role":"user","content":"hello"},"#
        let many = #"{"model":"m","messages":["# + String(repeating: message, count: 9999) + message.dropLast() + "]}"
        #expect(try Door.openAIChat.decode(Bytes(many.utf8)).messages.count == 10000)
        let long =
            #"{"model":"m","messages":[{"role":"user","content":""# + String(repeating: "ten bytes ", count: 1 << 20) + #""}]}"#
        #expect(try Door.openAIChat.decode(Bytes(long.utf8)).traits.textBytes == 10 << 20)
    }

    @Test("Fields of a caller's own protocol are kept, and refused by providers of others")
    func extensions() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],"prediction":{"type":"content","content":"y"}}"#
        let request = try Door.openAIChat.decode(Bytes(body.utf8))
        let call = try Fixtures.codec(.openAIChat).encode(request, model: "u")
        #expect(try JSONValue(parsing: call.body)["prediction"]?["content"] == "y")
        for wire in [ProviderProfile.Wire.anthropic, .gemini, .ollama, .openAIResponses] {
            do throws(ModelRequestError) {
                _ = try Fixtures.codec(wire).encode(request, model: "u")
                Issue.record("\(wire) took it")
            } catch {
                #expect(error.reason == .unsupported && error.field == "prediction")
            }
        }
    }

    static let limitFields: [(Door, String)] = [
        (.openAIChat, "max_tokens"), (.openAIChat, "max_completion_tokens"), (.openAIResponses, "max_output_tokens"),
        (.anthropic, "max_tokens"), (.plain, "max_tokens"),
    ]

    @Test("No door takes more tokens than there can be", arguments: limitFields, [Int.max, 1_000_000_001, 0, -1, Int.min])
    func tokenRange(_ limit: (door: Door, field: String), _ count: Int) throws {
        let required = limit.door == .openAIResponses ? #""input":"x""# : #""messages":[{"role":"user","content":"x"}]"#
        let body = Bytes(#"{"model":"m",\#(required),"\#(limit.field)":\#(count)}"#.utf8)
        #expect { try limit.door.decode(body) } throws: { ($0 as? ModelRequestError)?.field == limit.field }
        guard limit.door != .plain else { return }
        #expect { try PassThroughRequest(body, door: limit.door) } throws: { ($0 as? ModelRequestError)?.field == limit.field }
    }

    /// A prompt with three pictures, one of them in a tool's result or beside text, ten seconds of PCM and a document.
    static let mediaCases: [(Door, String)] = [
        (
            .openAIChat,
            #"""
            {"model":"m","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"image"}}}],"messages":[
            {"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b"}},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,DATA"}},
            {"type":"image_url","image_url":{"url":"https://a/c"}},{"type":"text","text":"TEXT"},
            {"type":"input_audio","input_audio":{"data":"SOUND","format":"wav"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,DATA"}}]}]}
            """#
        ),
        (
            .anthropic,
            #"""
            {"model":"m","max_tokens":9,"messages":[
            {"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://a/b"}},{"type":"text","text":"TEXT"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"DATA"}},
            {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"DATA"}}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"type":"image"}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t",
            "content":[{"type":"image","source":{"type":"url","url":"https://a/c"}}]}]}]}
            """#
        ),
    ]

    @Test("Every picture, second and document is counted, whether the request is decoded or not", arguments: mediaCases)
    func media(_ door: Door, _ text: String) throws {
        let data = String(repeating: "AAAA", count: 1000)
        // Ten seconds and a half at 16,000 bytes a second.
        let sound = String(repeating: "AAAA", count: 56_000)
        let words = String(repeating: "word ", count: 100)
        let body = Bytes(
            text.replacing("DATA", with: data).replacing("SOUND", with: sound).replacing("TEXT", with: words).utf8)
        let decoded = try door.decode(body).traits
        let scanned = try PassThroughRequest(body, door: door).traits
        for traits in [decoded, scanned] {
            #expect(traits.images == 3)
            #expect(traits.audioSeconds == (door == .openAIChat ? 11 : 0))
            #expect(traits.documents == 1 && (2900...3100).contains(traits.documentBytes))
            #expect(traits.usesMedia)
        }
        let rest = try JSONTape(parsing: body).withoutMedia
        #expect(rest.count < 2000 && String(decoding: rest, as: UTF8.self).contains(words))
    }
}
