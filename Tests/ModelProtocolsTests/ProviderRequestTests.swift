import ModelProtocols
import Primitives
import Testing

@Suite("Calls in providers' words")
struct ProviderRequestTests {
    private static let parameters =
        #"{"type":"object","properties":{"zoom":{"type":"integer"},"area":{"type":"string"}}}"#

    private static let question = #""What is in \"this\" picture? ☀️""#

    static let expected: [(ProviderProfile.Wire, String, String)] = [
        (
            .openAIChat, "/chat/completions",
            """
            {"model":"up","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text",
            "text":\(question)},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,\(Fixtures.image)"}}]},{"role":"assistant","content":null,
            "tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":"{\\"zoom\\": 2}"}}]},
            {"role":"tool","tool_call_id":"call_1","content":"a cat"}],"tools":[{"type":"function","function":{"name":"look",
            "description":"Looks closer.","parameters":\(parameters)}}],"tool_choice":"auto","temperature":0.5,"top_p":0.9,
            "max_completion_tokens":2000,"stream":true,"stream_options":{"include_usage":true}}
            """
        ),
        (
            .openAIResponses, "/responses",
            """
            {"model":"up","input":[{"type":"message","role":"system","content":"Be brief."},{"type":"message",
            "role":"user","content":[
            {"type":"input_text","text":\(question)},{"type":"input_image","image_url":"data:image/png;base64,\(Fixtures.image)",
            "detail":"auto"}]},{"type":"function_call","call_id":"call_1","name":"look","arguments":"{\\"zoom\\": 2}"},
            {"type":"function_call_output","call_id":"call_1","output":"a cat"}],"tools":[{"type":"function","name":"look",
            "description":"Looks closer.","parameters":\(parameters),"strict":false}],"tool_choice":"auto",
            "temperature":0.5,"top_p":0.9,
            "max_output_tokens":2000,"stream":true,"store":false}
            """
        ),
        (
            .anthropic, "/v1/messages",
            """
            {"model":"up","max_tokens":2000,"system":"Be brief.","messages":[{"role":"user","content":[{"type":"text",
            "text":\(question)},
            {"type":"image","source":{"type":"base64","media_type":"image/png",
            "data":"\(Fixtures.image)"}}]},{"role":"assistant","content":[
            {"type":"tool_use","id":"call_1","name":"look","input":{"zoom":2}}]},{"role":"user","content":[{"type":"tool_result",
            "tool_use_id":"call_1","content":"a cat"}]}],"tools":[{"name":"look","description":"Looks closer.",
            "input_schema":\(parameters)}],
            "tool_choice":{"type":"auto"},"temperature":0.5,"top_p":0.9,"stream":true}
            """
        ),
        (
            .gemini, "/v1beta/models/up:streamGenerateContent?alt=sse",
            """
            {"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user",
            "parts":[{"text":\(question)},{"inlineData":
            {"mimeType":"image/png","data":"\(Fixtures.image)"}}]},{"role":"model","parts":[{"functionCall":{"name":"look",
            "args":{"zoom":2}}}]},
            {"role":"user","parts":[{"functionResponse":{"name":"look","response":{"output":"a cat"}}}]}],
            "tools":[{"functionDeclarations":[
            {"name":"look","description":"Looks closer.","parametersJsonSchema":\(parameters)}]}],
            "toolConfig":{"functionCallingConfig":
            {"mode":"AUTO"}},"generationConfig":{"temperature":0.5,"topP":0.9,"maxOutputTokens":2000}}
            """
        ),
        (
            .ollama, "/api/chat",
            """
            {"model":"up","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":\(question),
            "images":["\(Fixtures.image)"]},
            {"role":"assistant","content":"","tool_calls":[{"function":{"name":"look","arguments":{"zoom":2}}}]},{"role":"tool",
            "tool_name":"look","content":"a cat"}],"tools":[{"type":"function","function":{"name":"look",
            "description":"Looks closer.",
            "parameters":\(parameters)}}],"stream":true,"options":{"temperature":0.5,"top_p":0.9,"num_predict":2000}}
            """
        ),
    ]

    @Test("Any door reaches any provider with the same call", arguments: Door.allCases, expected)
    func pairs(_ door: Door, _ provider: (ProviderProfile.Wire, String, String)) throws {
        let (wire, path, body) = provider
        let call = try Fixtures.codec(wire).encode(door.decode(Fixtures.request(door)), model: "up")
        #expect(call.path == path && call.method == "POST")
        #expect(try JSONValue(parsing: call.body) == JSONValue(body))
        #expect(call.adjustments.isEmpty)
    }

    @Test("Numbers in schemas and arguments stay to the letter", arguments: Door.allCases, ProviderProfile.Wire.allCases)
    func numbers(_ door: Door, _ wire: ProviderProfile.Wire) throws {
        let (large, rule) = ("18446744073709551615", #""enum":[0.10000000000000000555,1e400]"#)
        let text = String(decoding: Fixtures.request(door), as: UTF8.self)
            .replacing(#""zoom":{"type":"integer"}"#, with: #""zoom":{"type":"integer",\#(rule)}"#)
            .replacing(": 2}", with: ": \(large)}")
        let call = try Fixtures.codec(wire).encode(door.decode(Bytes(text.utf8)), model: "up")
        let body = String(decoding: call.body, as: UTF8.self)
        #expect(body.contains(large) && body.contains(rule), "\(body)")
    }

    static let unsupported: [(ProviderProfile, String, String)] = [
        (ProviderProfile(.anthropic), #""temperature":1.5"#, "temperature"),
        (ProviderProfile(.anthropic), #""seed":1"#, "seed"),
        (ProviderProfile(.anthropic), #""n":2"#, "n"),
        (ProviderProfile(.anthropic), #""logprobs":true"#, "logprobs"),
        (ProviderProfile(.anthropic), #""frequency_penalty":1"#, "frequency_penalty"),
        (ProviderProfile(.anthropic), #""logit_bias":{"1":2}"#, "logit_bias"),
        (ProviderProfile(.anthropic), #""response_format":{"type":"json_object"}"#, "response_format"),
        (ProviderProfile(.anthropic), #""service_tier":"flex""#, "service_tier"),
        (ProviderProfile(.anthropic), #""max_tokens":100,"reasoning_effort":"high""#, "reasoning_effort"),
        (ProviderProfile(.gemini), #""logit_bias":{"1":2}"#, "logit_bias"),
        (ProviderProfile(.gemini), #""parallel_tool_calls":false"#, "parallel_tool_calls"),
        (ProviderProfile(.ollama), #""tool_choice":"required""#, "tool_choice"),
        (ProviderProfile(.ollama), #""n":2"#, "n"),
        (ProviderProfile(.openAIResponses), #""stop":"x""#, "stop"),
        (ProviderProfile(.openAIResponses), #""seed":4"#, "seed"),
        (ProviderProfile(.openAIChat), #""top_k":4"#, "top_k"),
        (
            ProviderProfile(.openAIChat, dialect: .deepSeek),
            #""response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}}"#,
            "response_format"
        ),
        (ProviderProfile(.openAIChat, dialect: .deepSeek), #""seed":4"#, "seed"),
        (ProviderProfile(.openAIChat, dialect: .kimi), #""tool_choice":"required""#, "tool_choice"),
        (ProviderProfile(.openAIChat, dialect: .llamaCpp), #""service_tier":"flex""#, "service_tier"),
    ]

    @Test("What a provider has no words for is refused by name", arguments: unsupported)
    func refused(_ profile: ProviderProfile, _ field: String, _ name: String) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],\#(field)}"#
        let request = try Door.openAIChat.decode(Bytes(body.utf8))
        do throws(ModelRequestError) {
            let call = try ProviderCodec(profile).encode(request, model: "up")
            Issue.record("encoded as \(String(decoding: call.body, as: UTF8.self))")
        } catch {
            #expect(error.reason == .unsupported && error.field == name)
            #expect(error.message.hasPrefix("\(name): "))
        }
    }

    static let reasoning: [(ProviderProfile, String, String)] = [
        (ProviderProfile(.openAIChat), "reasoning_effort", #""medium""#),
        (ProviderProfile(.openAIChat, dialect: .openRouter), "reasoning", #"{"effort":"medium"}"#),
        (ProviderProfile(.openAIChat, dialect: .deepSeek), "thinking", #"{"type":"enabled"}"#),
        (ProviderProfile(.openAIChat, dialect: .qwen), "thinking_budget", "8192"),
        (ProviderProfile(.openAIChat, dialect: .llamaCpp), "chat_template_kwargs", #"{"enable_thinking":true}"#),
        (ProviderProfile(.openAIResponses), "reasoning", #"{"effort":"medium","summary":"auto"}"#),
        (ProviderProfile(.anthropic), "thinking", #"{"type":"enabled","budget_tokens":8192}"#),
        (ProviderProfile(.ollama), "think", #""medium""#),
    ]

    @Test("An effort is put in each provider's words", arguments: reasoning)
    func effort(_ profile: ProviderProfile, _ field: String, _ value: String) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":"medium","max_tokens":20000}"#
        let call = try ProviderCodec(profile).encode(Door.openAIChat.decode(Bytes(body.utf8)), model: "up")
        #expect(try JSONValue(parsing: call.body)[field] == JSONValue(value))
    }

    @Test("Cache markers stay where they mean something, and are told where they do not")
    func cacheMarkers() throws {
        let body = """
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral","ttl":"1h"}}],
            "messages":[{"role":"user","content":"x"}]}
            """
        let request = try Door.anthropic.decode(Bytes(body.utf8))
        let kept = try Fixtures.codec(.anthropic).encode(request, model: "up")
        #expect(try JSONValue(parsing: kept.body)["system"]?[0]?["cache_control"] == ["type": "ephemeral", "ttl": "1h"])
        #expect(kept.adjustments.isEmpty)
        for wire in [ProviderProfile.Wire.openAIChat, .gemini, .ollama] {
            let call = try Fixtures.codec(wire).encode(request, model: "up")
            #expect(call.adjustments.count == 1 && call.adjustments[0].field.hasSuffix("cache_control"))
        }
    }

    @Test("Proofs of reasoning go back to the provider that gave them, and to no other")
    func proofs() throws {
        let gemini = Bytes(
            (#"{"candidates":[{"content":{"parts":[{"functionCall":{"id":"c","name":"f","args":{}},"#
                + #""thoughtSignature":"Zz=="}]},"finishReason":"STOP"}]}"#).utf8)
        let answer = try Fixtures.codec(.gemini).decodeResponse(gemini)
        let request = ModelRequest(
            model: "m",
            messages: [
                ModelMessage(.user, "x"),
                ModelMessage(.assistant, [.reasoning(ReasoningPart("Hm.", signature: "c2ln"))] + answer.choices[0].parts),
                ModelMessage(.tool, [.toolResult(ToolResult(callID: "c", content: [.text(TextPart("y"))]))]),
            ])
        let back = try JSONValue(parsing: Fixtures.codec(.gemini).encode(request, model: "up").body)
        #expect(back["contents"]?[1]?["parts"]?[0]?["thoughtSignature"] == "Zz==")
        let anthropic = try JSONValue(parsing: Fixtures.codec(.anthropic).encode(request, model: "up").body)
        #expect(anthropic["messages"]?[1]?["content"]?[0]?["signature"] == "c2ln")
        #expect(anthropic["messages"]?[1]?["content"]?[1]?["type"] == "tool_use")
    }

    @Test("An answer of nothing but another provider's thoughts is left out", arguments: [ProviderProfile.Wire.anthropic, .gemini])
    func foreignThoughts(_ wire: ProviderProfile.Wire) throws {
        let request = ModelRequest(
            model: "m",
            messages: [
                ModelMessage(.user, "x"), ModelMessage(.assistant, [.reasoning(ReasoningPart("Hm.", signature: "openai:rs_1:x"))]),
                ModelMessage(.user, "y"),
            ])
        let call = try Fixtures.codec(wire).encode(request, model: "up")
        #expect(call.adjustments.map(\.field) == ["messages[1]"])
        #expect(!String(decoding: call.body, as: UTF8.self).contains("Hm."))
    }

    @Test("A model's name can not leave its place in a path")
    func paths() throws {
        let request = ModelRequest(model: "m", messages: [ModelMessage(.user, "x")])
        let call = try Fixtures.codec(.gemini).encode(request, model: "a?key=1#b c")
        #expect(call.path == "/v1beta/models/a%3Fkey%3D1%23b%20c:generateContent")
    }
}
