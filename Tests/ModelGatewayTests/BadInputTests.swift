import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// What callers send that they should not, or much of what they may.
@Suite struct BadInputTests {
    private static let doors = ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/llm/chat"]

    /// Sends a body as it is.
    private func post(_ gateway: TestGateway, _ path: String, _ body: Bytes) async throws -> (status: Int, document: JSONValue) {
        let headers: HTTPHeaders = ["x-api-key": gateway.ownerKey]
        let response = try await gateway.client.send(.init(.post, gateway.url + path, headers: headers, body: .bytes(body)))
        return (response.status.rawValue, try JSONValue(parsing: try await response.collect(upTo: .mib(8))))
    }

    /// A refusal in the door's own form, before any provider was asked.
    private func expectRefusal(_ answer: (status: Int, document: JSONValue), _ path: String, _ what: String) {
        #expect(answer.status == 400, "\(path): \(what): \(answer.document)")
        let message = path == "/llm/chat" ? answer.document["detail"] : answer.document["error"]?["message"]
        #expect(message?.stringValue?.isEmpty == false, "\(path): \(what): \(answer.document)")
    }

    /// A right body. Ollama's protocol is none of the doors': whatever is asked of it is read in full, while a provider that speaks
    /// the door's own protocol judges itself of what the gateway need not know.
    private func body(_ path: String, _ more: [String: JSONValue] = [:]) -> [String: JSONValue] {
        let words: JSONValue = [["role": "user", "content": "Say hello."]]
        let own: [String: JSONValue] =
            path == "/v1/responses" ? ["model": "llama", "input": words] : ["model": "llama", "messages": words, "max_tokens": 50]
        return own.merging(more) { $1 }
    }

    @Test func jsonThatBreaksOffAnywhereIsRefused() async throws {
        let part: JSONValue = ["type": "text", "text": "a \"b\" \u{1F600} \\"]
        let whole: JSONValue = [
            "model": "gpt", "max_tokens": 5, "messages": [["role": "user", "content": [part]]], "stream": true,
        ]
        let bytes = whole.serialized()
        try await StandIn.with { gateway, provider in
            for path in ["/v1/chat/completions", "/v1/messages"] {
                for end in bytes.indices {
                    let answer = try await post(gateway, path, Bytes(bytes[..<end]))
                    expectRefusal(answer, path, String(decoding: bytes[..<end], as: UTF8.self))
                }
                // As deep as it goes: what is not closed, and what is closed but too deep.
                for depth in [10, 1000, 100_000] {
                    let open = Bytes(#"{"model":"llama","messages":"#.utf8) + Bytes(repeating: UInt8(ascii: "["), count: depth)
                    expectRefusal(try await post(gateway, path, open), path, "\(depth) open")
                    let closed = open + Bytes(repeating: UInt8(ascii: "]"), count: depth) + Bytes("}".utf8)
                    expectRefusal(try await post(gateway, path, closed), path, "\(depth) closed")
                }
            }
            #expect(provider.seen.isEmpty)
        }
    }

    @Test func textThatIsNoUTF8IsRefused() async throws {
        let bad: [Bytes] = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80]]
        try await StandIn.with { gateway, provider in
            for path in Self.doors {
                for bytes in bad {
                    let text = String(decoding: JSONValue.object(body(path)).serialized(), as: UTF8.self)
                    let halves = text.split(separator: "hello", maxSplits: 1).map { Bytes($0.utf8) }
                    expectRefusal(try await post(gateway, path, halves[0] + bytes + halves[1]), path, "\(bytes)")
                }
            }
            #expect(provider.seen.isEmpty)
        }
    }

    @Test func wrongTypesAreNamed() async throws {
        let wrong: [(String, JSONValue)] = [
            ("model", 5), ("model", []), ("stream", "yes"), ("temperature", "hot"), ("temperature", []),
            ("top_p", true), ("tools", [:]), ("tools", "weather"), ("metadata", 7),
        ]
        let messages: [JSONValue] = [
            "hello", [:], [5], [[:]], [["role": "user"]], [["role": 1, "content": "x"]], [["role": "king", "content": "x"]],
            [["role": "user", "content": 5]], [["role": "user", "content": [["type": "smell"]]]],
            [["role": "user", "content": [5]]], nil,
        ]
        try await StandIn.with { gateway, provider in
            for path in Self.doors {
                for (field, value) in wrong {
                    let answer = try await gateway.json(.post, path, .object(body(path, [field: value])))
                    expectRefusal((answer.status, answer.document), path, "\(field): \(value)")
                }
                let name = path == "/v1/responses" ? "input" : "messages"
                for value in messages where !(name == "input" && value == "hello") {
                    let answer = try await gateway.json(.post, path, .object(body(path, [name: value])))
                    expectRefusal((answer.status, answer.document), path, "\(name): \(value)")
                }
            }
            #expect(provider.seen.isEmpty)
        }
    }

    @Test func toolsThatAreNoneAreRefused() async throws {
        let function: (JSONValue) -> JSONValue = { ["type": "function", "function": $0] }
        let nonsense: [JSONValue] = [
            [5], [[:]], [["type": "function"]], [function([:])], [function(["name": 5])], [function(["name": ""])],
            [function(["name": "a", "parameters": "x"])], [function(["name": "a", "parameters": [1]])],
            [["type": "teleport", "name": "x"]],
        ]
        try await StandIn.with { gateway, provider in
            for tools in nonsense {
                let answer = try await gateway.json(
                    .post, "/v1/chat/completions", .object(body("/v1/chat/completions", ["tools": tools])))
                expectRefusal((answer.status, answer.document), "/v1/chat/completions", "\(tools)")
            }
            for tools: JSONValue in [
                [5], [[:]], [["name": "a"]], [["name": "a", "input_schema": "x"]],
                [["name": "", "input_schema": ["type": "object"]]],
            ] {
                let answer = try await gateway.json(.post, "/v1/messages", .object(body("/v1/messages", ["tools": tools])))
                expectRefusal((answer.status, answer.document), "/v1/messages", "\(tools)")
            }
            var deep: JSONValue = ["type": "string"]
            for _ in 0..<2000 { deep = ["type": "object", "properties": ["a": deep]] }
            let answer = try await gateway.json(
                .post, "/v1/chat/completions",
                .object(body("/v1/chat/completions", ["tools": [function(["name": "deep", "parameters": deep])]])))
            expectRefusal((answer.status, answer.document), "/v1/chat/completions", "a schema of 2,000 levels")
            let choice: JSONValue = ["type": "function", "function": ["name": "other"]]
            let chosen = try await gateway.json(
                .post, "/v1/chat/completions",
                .object(body("/v1/chat/completions", ["tools": [function(["name": "a"])], "tool_choice": choice])))
            expectRefusal((chosen.status, chosen.document), "/v1/chat/completions", "a choice that is not among the tools")
            #expect(provider.seen.isEmpty)
        }
    }

    @Test func tenMegabytesOfPromptAreCountedAndRefused() async throws {
        let prompt = Bytes(repeating: UInt8(ascii: "w"), count: 10 << 20)
        try await StandIn.with { gateway, provider in
            let start = Bytes(#"{"model":"gpt","max_tokens":5,"messages":[{"role":"user","content":"ten megabytes "#.utf8)
            let answer = try await post(gateway, "/v1/messages", start + prompt + Bytes(#""}]}"#.utf8))
            expectRefusal(answer, "/v1/messages", "10 MB")
            let text = String(decoding: answer.document.serialized(), as: UTF8.self)
            #expect(text.utf8.count < 1000 && !text.contains("megabytes"), "the refusal repeats the prompt")
            #expect(provider.seen.isEmpty)
            #expect(!gateway.log.contains("megabytes"))
        }
    }

    @Test(arguments: ["gpt", "llama"]) func tenThousandMessagesGoThrough(_ model: String) async throws {
        let messages = (0..<9_999).map { ["role": $0 % 2 == 0 ? "user" : "assistant", "content": "x"] as JSONValue }
        try await StandIn.with { gateway, provider in
            let asked = JSONValue.object(body("/v1/messages", ["messages": .array(messages), "model": .string(model)]))
            let answer = try await gateway.json(.post, "/v1/messages", asked)
            #expect(answer.status == 200, "\(answer.document)")
            #expect(provider.seen.last?.body["messages"]?.arrayValue?.count == 9_999)
        }
    }
}
