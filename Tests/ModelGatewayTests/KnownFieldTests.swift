import HTTP
import Primitives
import TestSupport
import Testing

/// Requests that ask for more than their price.
@Suite struct KnownFieldTests {
    private func question(_ path: String, _ fields: String) throws -> JSONValue {
        let fields = try #require(try JSONValue(parsing: Bytes("{\(fields)}".utf8)).objectValue)
        let model = path == "/v1/messages" ? "claude" : "gpt"
        let own: [String: JSONValue] =
            switch path {
            case "/v1/responses": ["model": .string(model), "input": "Say hello.", "max_output_tokens": 100]
            case "/v1/embeddings": ["model": "vectors", "input": "hello"]
            default: try #require(StandIn.question(model).objectValue)
            }
        return .object(own.merging(fields) { $1 })
    }

    @Test func whatWouldCostMoreThanThePriceIsRefusedByName() async throws {
        let cases: [(path: String, fields: [(field: String, json: String)])] = [
            (
                "/v1/chat/completions",
                [
                    ("models", #""models":["dear/model"]"#), ("provider", #""provider":{"order":["x"]}"#),
                    ("route", #""route":"fallback""#), ("plugins", #""plugins":[{"id":"web"}]"#),
                    ("service_tier", #""service_tier":"priority""#), ("web_search_options", #""web_search_options":{}"#),
                    ("modalities", #""modalities":["text","audio"]"#), ("store", #""store":true"#),
                    ("enable_search", #""enable_search":true"#), ("tools[0].type", #""tools":[{"type":"builtin_function"}]"#),
                    ("models", #""m\u006fdels":["dear/model"]"#), ("n_predict", #""n_predict":100000"#),
                ]
            ),
            (
                "/v1/responses",
                [
                    ("background", #""background":true"#), ("previous_response_id", #""previous_response_id":"resp_1""#),
                    ("conversation", #""conversation":{"id":"c"}"#), ("prompt", #""prompt":{"id":"p"}"#),
                    ("store", #""store":true"#),
                    ("service_tier", #""service_tier":"priority""#),
                    ("tools[1].type", #""tools":[{"type":"function","name":"f"},{"type":"web_search"}]"#),
                    ("tools[0].type", #""tools":[{"type":"code_interpreter","container":{"type":"auto"}}]"#),
                    ("tools[0].type", #""tools":[{"type":"image_generation"}]"#),
                    ("tools[0].type", #""tools":[{"type":"file_search","vector_store_ids":[]}]"#),
                    ("tools[0].type", #""tools":[{"type":"computer_use_preview"}]"#),
                    ("input[0]", #""input":[{"type":"item_reference","id":"i"}]"#),
                    ("input[0]", #""input":[{"id":"i"}]"#), ("input[1]", #""input":["h",{"type":null,"id":"i"}]"#),
                ]
            ),
            (
                "/v1/messages",
                [
                    ("tools.0.type", #""tools":[{"type":"web_search_20250305","name":"web_search"}]"#),
                    ("tools.0.type", #""tools":[{"type":"code_execution_20250825","name":"c"}]"#), ("speed", #""speed":"fast""#),
                    ("inference_geo", #""inference_geo":"us""#), ("mcp_servers", #""mcp_servers":[{"type":"url"}]"#),
                    ("container", #""container":"c""#), ("service_tier", #""service_tier":"priority""#),
                    ("billing_policy", #""billing_policy":{"type":"billing_policy"}"#), ("thread", #""thread":{"type":"create"}"#),
                ]
            ),
            ("/v1/embeddings", [("provider", #""provider":{"order":["x"]}"#)]),
        ]
        try await StandIn.with { gateway, provider in
            for (path, fields) in cases {
                for (field, json) in fields {
                    let answer = try await gateway.json(.post, path, try question(path, json))
                    let message = answer.document["error"]?["message"]?.stringValue ?? ""
                    #expect(answer.status == 400 && message.hasPrefix(field + ":"), "\(path) \(json): \(answer)")
                }
            }
            #expect(provider.seen.isEmpty)
        }
    }

    /// What no list knows could be anything.
    @Test(arguments: ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings"])
    func whatIsNotKnownIsRefusedByName(_ path: String) async throws {
        try await StandIn.with { gateway, provider in
            for field in ["new_field", "mode\u{301}l", String(repeating: "x", count: 5000)] {
                let answer = try await gateway.json(.post, path, try question(path, "\"\(field)\":{}"))
                let message = answer.document["error"]?["message"]?.stringValue ?? ""
                #expect(answer.status == 400 && message.contains("not known") && message.utf8.count < 200, "\(answer)")
                #expect(message.hasPrefix(field.prefix(60)), "\(message)")
                if path != "/v1/messages" { #expect(answer.document["error"]?["code"] == "unknown-field") }
            }
            #expect(provider.seen.isEmpty)
            // One that says nothing asks for nothing.
            #expect(try await gateway.json(.post, path, try question(path, #""new_field":null"#)).status == 200)
        }
    }

    /// What OpenAI's and Anthropic's own programs send beside the question.
    @Test(arguments: ["gpt", "claude", "llama"]) func theProvidersOwnClientsAreAnswered(_ model: String) async throws {
        let codex: JSONValue = [
            "model": .string(model), "instructions": "You are Codex.", "input": [["role": "user", "content": "Say hello."]],
            "store": false, "client_metadata": ["x-codex-installation-id": "i-1"], "access_programs": ["cyber": true],
        ]
        try await StandIn.with { gateway, provider in
            let answer = try await gateway.json(.post, "/v1/responses", codex)
            #expect(answer.status == 200, "\(answer.document)")
            let told = answer.headers["X-AVStudio-Adjustments"] ?? ""
            for name in ["client_metadata", "access_programs"] {
                #expect(told.contains(name + ": ") && provider.seen[0].body[name] == nil, "\(told)")
            }
            let betas =
                "claude-code-20250219,thinking-token-count-2026-05-13,mid-conversation-system-2026-04-07,"
                + "advisor-tool-2026-03-01"
            let second = try await gateway.json(
                .post, "/v1/messages", StandIn.question(model), headers: ["anthropic-beta": betas])
            #expect(second.status == 200, "\(second.document)")
            let passed = betas.replacing(",advisor-tool-2026-03-01", with: "")
            #expect(provider.seen[1].headers["anthropic-beta"] == (model == "claude" ? passed : nil))
            #expect(second.headers["X-AVStudio-Adjustments"]?.contains("anthropic-beta: ") == true)
        }
    }

    @Test func betasThatCostNothingReachAnthropic() async throws {
        func ask(_ gateway: TestGateway, _ model: String, _ betas: String) async throws -> (status: Int, JSONValue, HTTPHeaders) {
            try await gateway.json(.post, "/v1/messages", StandIn.question(model), headers: ["anthropic-beta": betas])
        }
        try await StandIn.with(settings: ["anthropic-betas": "own-beta-1, own-beta-2"]) { gateway, provider in
            let free = "interleaved-thinking-2025-05-14, extended-cache-ttl-2025-04-11"
            #expect(try await ask(gateway, "claude", free).status == 200)
            #expect(provider.seen[0].headers["anthropic-beta"] == free.replacing(" ", with: ""))
            var fields: HTTPHeaders = ["anthropic-beta": "interleaved-thinking-2025-05-14"]
            fields.add("anthropic-beta", "extended-cache-ttl-2025-04-11")
            #expect(try await gateway.json(.post, "/v1/messages", StandIn.question("claude"), headers: fields).status == 200)
            #expect(provider.seen[1].headers["anthropic-beta"] == free.replacing(" ", with: ""))
            let elsewhere = try await ask(gateway, "gpt", free)
            #expect(elsewhere.status == 200 && elsewhere.2["X-AVStudio-Adjustments"]?.contains("anthropic-beta") == true)
            // What is not sent can cost nothing; the caller is told of it.
            for (asked, passed) in [
                ("fast-mode-2026-02-01", nil), ("effort-2025-11-24,context-1m-2025-08-07", "effort-2025-11-24"),
                ("mcp-client-2025-04-04,own-beta-2", "own-beta-2"),
                (String(repeating: "x", count: 5000) + ",own-beta-1", "own-beta-1"),
            ] {
                let answer = try await ask(gateway, "claude", asked)
                let told = answer.2["X-AVStudio-Adjustments"] ?? ""
                #expect(answer.status == 200 && told.contains("anthropic-beta: ") && told.utf8.count < 150, "\(answer)")
                let left = asked.split(separator: ",").first { String($0) != passed } ?? ""
                #expect(told.contains(left.prefix(60)) && provider.seen.last?.headers["anthropic-beta"] == passed, "\(told)")
            }
        }
    }

    @Test func whatIsInThePriceGoesOn() async throws {
        let cases = [
            ("/v1/chat/completions", #""service_tier":"default","modalities":["text"],"store":false,"models":null,"seed":7"#),
            (
                "/v1/chat/completions",
                #""tools":[{"type":"function","function":{"name":"f"}}],"enable_search":false,"grammar":"root ::= x","min_p":0.1"#
            ),
            ("/v1/responses", #""background":false,"store":false,"service_tier":"auto","tools":[{"type":"function","name":"f"}]"#),
            (
                "/v1/messages",
                #""speed":"standard","tools":[{"name":"f","input_schema":{}},{"type":"bash_20250124","name":"bash"}]"#
            ),
        ]
        try await StandIn.with { gateway, provider in
            for (path, json) in cases {
                let answer = try await gateway.json(.post, path, try question(path, json))
                #expect(answer.status == 200, "\(path) \(json): \(answer.document)")
            }
            #expect(provider.seen.count == cases.count && provider.seen[1].body["min_p"] == 0.1)
        }
    }
}
