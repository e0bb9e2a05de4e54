import ModelProtocols
import Primitives

/// Requests and answers in the shapes that the providers' references show.
enum Fixtures {
    static let image = "iVBORw0KGgo="

    /// Everything that every provider can do: a system prompt, an image, a call of a tool, its result, tools, a schema-free answer.
    static let chatRequest = """
        {"model":"m","messages":[{"role":"system","content":"Be brief."},
        {"role":"user","content":[{"type":"text","text":"What is in \\"this\\" picture? ☀️"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,\(image)"}}]},
        {"role":"assistant","content":null,"refusal":null,"annotations":[],"tool_calls":[{"id":"call_1","type":"function",
        "function":{"name":"look","arguments":"{\\"zoom\\": 2}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":"a cat"}],
        "tools":[{"type":"function","function":{"name":"look","description":"Looks closer.",
        "parameters":{"type":"object","properties":{"zoom":{"type":"integer"},"area":{"type":"string"}}}}}],
        "tool_choice":"auto","temperature":0.5,"top_p":0.9,"max_completion_tokens":2000,"stream":true,
        "stream_options":{"include_usage":true}}
        """

    static let messagesRequest = """
        {"model":"m","max_tokens":2000,"system":[{"type":"text","text":"Be brief."}],"messages":[
        {"role":"user","content":[{"type":"text","text":"What is in \\"this\\" picture? ☀️"},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"\(image)"}}]},
        {"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"look","input":{"zoom": 2}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"a cat"}]}],
        "tools":[{"name":"look","description":"Looks closer.",
        "input_schema":{"type":"object","properties":{"zoom":{"type":"integer"},"area":{"type":"string"}}}}],
        "tool_choice":{"type":"auto"},"temperature":0.5,"top_p":0.9,"stream":true}
        """

    static let responsesRequest = """
        {"model":"m","instructions":"Be brief.","input":[
        {"role":"user","content":[{"type":"input_text","text":"What is in \\"this\\" picture? ☀️"},
        {"type":"input_image","image_url":"data:image/png;base64,\(image)"}]},
        {"type":"function_call","call_id":"call_1","name":"look","arguments":"{\\"zoom\\": 2}"},
        {"type":"function_call_output","call_id":"call_1","output":"a cat"}],
        "tools":[{"type":"function","name":"look","description":"Looks closer.",
        "parameters":{"type":"object","properties":{"zoom":{"type":"integer"},"area":{"type":"string"}}}}],
        "tool_choice":"auto","temperature":0.5,"top_p":0.9,"max_output_tokens":2000,"stream":true}
        """

    static let plainRequest = chatRequest.replacing("max_completion_tokens", with: "max_tokens")
        .replacing(#""stream_options":{"include_usage":true}"#, with: #""user":null"#)

    static func request(_ door: Door) -> Bytes {
        switch door {
        case .openAIChat: Bytes(chatRequest.utf8)
        case .openAIResponses: Bytes(responsesRequest.utf8)
        case .anthropic: Bytes(messagesRequest.utf8)
        case .plain: Bytes(plainRequest.utf8)
        }
    }

    /// The same answer of each provider: thoughts, a text, a call of a tool, usage with cached and reasoning tokens.
    static func answer(_ wire: ProviderProfile.Wire) -> Bytes {
        let text =
            switch wire {
            case .openAIChat:
                """
                {"id":"a1","object":"chat.completion","created":1700000000,"model":"m1","choices":[{"index":0,
                "message":{"role":"assistant",
                "content":"Hello, wörld","reasoning_content":"Hm.","tool_calls":[{"id":"c1","type":"function",
                "function":{"name":"look",
                "arguments":"{\\"zoom\\":2}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":20,
                "completion_tokens":9,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},
                "completion_tokens_details":{"reasoning_tokens":3}}}
                """
            case .openAIResponses:
                """
                {"id":"a1","object":"response","created_at":1700000000,"status":"completed","error":null,"model":"m1","output":[
                {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}]},
                {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text",
                "text":"Hello, wörld","annotations":[]}]},{"type":"function_call","id":"fc_1","call_id":"c1","name":"look",
                "arguments":"{\\"zoom\\":2}","status":"completed"}],"usage":{"input_tokens":20,"input_tokens_details":
                {"cached_tokens":4},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":29}}
                """
            case .anthropic:
                """
                {"id":"a1","type":"message","role":"assistant","model":"m1","content":[{"type":"thinking","thinking":"Hm.",
                "signature":"c2ln"},{"type":"text","text":"Hello, wörld"},{"type":"tool_use","id":"c1","name":"look","input":
                {"zoom":2}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":16,
                "cache_read_input_tokens":4,"cache_creation_input_tokens":0,"output_tokens":9,
                "output_tokens_details":{"thinking_tokens":3}}}
                """
            case .gemini:
                """
                {"candidates":[{"content":{"role":"model","parts":[{"text":"Hm.",
                "thought":true},{"text":"Hello, "},{"text":"wörld"},
                {"functionCall":{"id":"c1","name":"look","args":{"zoom":2}}}]},"finishReason":"STOP","index":0}],"usageMetadata":
                {"promptTokenCount":20,"candidatesTokenCount":6,"thoughtsTokenCount":3,"cachedContentTokenCount":4,
                "totalTokenCount":29},"modelVersion":"m1","responseId":"a1"}
                """
            case .ollama:
                """
                {"model":"m1","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"Hello, wörld",
                "thinking":"Hm.","tool_calls":[{"id":"c1","function":{"name":"look","arguments":{"zoom":2}}}]},"done":true,
                "done_reason":"stop","prompt_eval_count":20,"eval_count":9}
                """
            }
        return Bytes(text.utf8)
    }

    /// The same answer as a stream.
    static func stream(_ wire: ProviderProfile.Wire) -> Bytes {
        switch wire {
        case .openAIChat: Bytes(chatStream.utf8)
        case .openAIResponses: Bytes(responsesStream.utf8)
        case .anthropic: Bytes(messagesStream.utf8)
        case .gemini: Bytes(geminiStream.utf8)
        case .ollama: Bytes(ollamaStream.utf8)
        }
    }

    private static func chunk(_ choice: String) -> String {
        #"data: {"id":"a1","object":"chat.completion.chunk","created":1700000000,"model":"m1","choices":[{"index":0,"# + choice
            + "}]}\n\n"
    }

    private static let chatStream =
        ": OPENROUTER PROCESSING\n\n" + chunk(#""delta":{"role":"assistant","content":""},"finish_reason":null"#)
        + chunk(#""delta":{"reasoning_content":"Hm."},"finish_reason":null"#)
        + chunk(#""delta":{"content":"Hello, "},"finish_reason":null"#)
        + chunk(#""delta":{"content":"wörld"},"finish_reason":null"#)
        + chunk(
            #""delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"look","arguments":""}}]},"#
                + #""finish_reason":null"#
        )
        + chunk(#""delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"zoom\""}}]},"finish_reason":null"#)
        + chunk(#""delta":{"tool_calls":[{"index":0,"function":{"arguments":":2}"}}]},"finish_reason":null"#)
        + chunk(#""delta":{},"finish_reason":"tool_calls""#)
        + #"data: {"id":"a1","object":"chat.completion.chunk","created":1700000000,"model":"m1","choices":[],"#
        + #""usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},"#
        + #""completion_tokens_details":{"reasoning_tokens":3}}}"# + "\n\ndata: [DONE]\n\n"

    private static func event(_ type: String, _ rest: String) -> String {
        "event: \(type)\r\ndata: {\"type\":\"\(type)\"\(rest)}\r\n\r\n"
    }

    private static let messagesStream =
        event(
            "message_start",
            #","message":{"id":"a1","type":"message","role":"assistant","model":"m1","content":[],"stop_reason":null,"#
                + #""usage":{"input_tokens":16,"cache_read_input_tokens":4,"cache_creation_input_tokens":0,"output_tokens":1}}"#)
        + event("content_block_start", #","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}"#)
        + event("ping", "")
        + event("content_block_delta", #","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}"#)
        + event("content_block_delta", #","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}"#)
        + event("content_block_stop", #","index":0"#)
        + event("content_block_start", #","index":1,"content_block":{"type":"text","text":""}"#)
        + event("content_block_delta", #","index":1,"delta":{"type":"text_delta","text":"Hello, "}"#)
        + event("content_block_delta", #","index":1,"delta":{"type":"text_delta","text":"wörld"}"#)
        + event("content_block_stop", #","index":1"#)
        + event("content_block_start", #","index":2,"content_block":{"type":"tool_use","id":"c1","name":"look","input":{}}"#)
        + event("content_block_delta", #","index":2,"delta":{"type":"input_json_delta","partial_json":""}"#)
        + event("content_block_delta", #","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"zoom\":2}"}"#)
        + event("content_block_stop", #","index":2"#)
        + event(
            "message_delta",
            #","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9,"#
                + #""output_tokens_details":{"thinking_tokens":3}}"#
        )
        + event("message_stop", "")

    private static let responsesStream =
        event("response.created", #","response":{"id":"a1","object":"response","created_at":1700000000,"model":"m1","output":[]}"#)
        + event("response.output_item.added", #","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]}"#)
        + event("response.reasoning_summary_text.delta", #","output_index":0,"item_id":"rs_1","summary_index":0,"delta":"Hm.""#)
        + event("response.output_item.added", #","output_index":1,"item":{"type":"message","id":"msg_1","content":[]}"#)
        + event("response.output_text.delta", #","output_index":1,"content_index":0,"delta":"Hello, ""#)
        + event("response.output_text.delta", #","output_index":1,"content_index":0,"delta":"wörld""#)
        + event(
            "response.output_item.added",
            #","output_index":2,"item":{"type":"function_call","id":"fc_1","call_id":"c1","name":"look","arguments":""}"#)
        + event("response.function_call_arguments.delta", #","output_index":2,"item_id":"fc_1","delta":"{\"zoom\":2}""#)
        + event(
            "response.output_item.done",
            #","output_index":2,"item":{"type":"function_call","call_id":"c1","name":"look","arguments":"{\"zoom\":2}"}"#)
        + event(
            "response.completed",
            #","response":{"id":"a1","status":"completed","usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":4},"#
                + #""output_tokens":9,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":29}}"#)

    private static func geminiEvent(_ parts: String, _ rest: String = "") -> String {
        #"data: {"candidates":[{"content":{"role":"model","parts":["# + parts + #"]},"index":0"# + rest
            + #","modelVersion":"m1","responseId":"a1"}"# + "\r\n\r\n"
    }

    private static let geminiStream =
        geminiEvent(#"{"text":"Hm.","thought":true}"#, "}]") + geminiEvent(#"{"text":"Hello, "}"#, "}]")
        + geminiEvent(#"{"text":"wörld"}"#, "}]")
        + geminiEvent(
            #"{"functionCall":{"id":"c1","name":"look","args":{"zoom":2}}}"#,
            #","finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":6,"#
                + #""thoughtsTokenCount":3,"cachedContentTokenCount":4}"#
        )

    private static let ollamaStream = """
        {"model":"m1","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"","thinking":"Hm."},"done":false}
        {"model":"m1","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"Hello, "},"done":false}
        {"model":"m1","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"wörld"},"done":false}
        {"model":"m1","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"c1",\
        "function":{"name":"look","arguments":{"zoom":2}}}]},"done":false}
        {"model":"m1","created_at":"2023-11-14T22:13:21Z","message":{"role":"assistant","content":""},"done":true,\
        "done_reason":"stop","prompt_eval_count":20,"eval_count":9}

        """

    static func context(_ request: ModelRequest) -> AnswerContext { AnswerContext(request: request, id: "id_1", created: 1) }

    static func codec(_ wire: ProviderProfile.Wire) -> ProviderCodec { ProviderCodec(ProviderProfile(wire)) }
}

extension JSONValue {
    /// A JSON text as a value, to compare whatever the order of members.
    init(_ text: String) throws { try self.init(parsing: Bytes(text.utf8)) }
}
