import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// Tools on the door of OpenAI's Responses API, by models that think: what they thought is given back with what the tool said.
@Suite struct ReasoningItemTests {
    /// What became of the call: of a stream it is in the last event.
    private func output(_ gateway: TestGateway, _ question: [String: JSONValue]) async throws -> [JSONValue] {
        let response = try await gateway.send(.post, "/v1/responses", .object(question))
        let text = String(decoding: try await response.collect(upTo: .mib(1)), as: UTF8.self)
        #expect(response.status == .ok, "\(text)")
        guard question["stream"] == true else { return try JSONValue(parsing: Bytes(text.utf8))["output"]?.arrayValue ?? [] }
        let last = try #require(text.split(separator: "\n").last { $0.hasPrefix("data: ") })
        return try JSONValue(parsing: Bytes(last.dropFirst(6).utf8))["response"]?["output"]?.arrayValue ?? []
    }

    /// OpenAI's own examples add the whole output to the input, and say nothing of `store`.
    @Test(arguments: [false, true]) func whatAModelThoughtIsGivenBack(_ stream: Bool) async throws {
        try await StandIn.with { gateway, provider in
            for include in [nil, .null, [], ["message.output_text.logprobs"], ["reasoning.encrypted_content"]] as [JSONValue?] {
                var input: [JSONValue] = [["role": "user", "content": "What is the weather?"]]
                let tool: JSONValue = ["type": "function", "name": "look", "parameters": ["type": "object"]]
                var question: [String: JSONValue] = ["model": "thinker", "tools": [tool], "stream": .bool(stream)]
                question["include"] = include
                question["input"] = .array(input)
                let first = try await output(gateway, question)
                #expect(first.map { $0["type"] } == ["reasoning", "function_call"], "\(first)")
                input += first + [["type": "function_call_output", "call_id": "call_1", "output": "rain"]]
                question["input"] = .array(input)
                let second = try await output(gateway, question)
                #expect(second.last?["content"]?[0]?["text"]?.stringValue == ModelProviderServer.reply, "\(second)")
                let asked = try #require(provider.seen.last?.body["include"]?.arrayValue)
                #expect(asked.count(where: { $0 == "reasoning.encrypted_content" }) == 1)
                #expect(asked.count == (include?[0] == "message.output_text.logprobs" ? 2 : 1))
            }
        }
    }

    /// OpenAI refuses who wants the proof of thoughts from a model that has none.
    @Test func modelsWithoutThoughtsAreNotAskedForThem() async throws {
        try await StandIn.with { gateway, provider in
            _ = try await output(gateway, ["model": "gpt", "input": "Say hello."])
            #expect(provider.seen.last?.body["include"] == nil && provider.seen.last?.body["store"] == false)
            // Who says that nothing is kept knows what to do.
            _ = try await output(gateway, ["model": "thinker", "input": "Say hello.", "store": false])
            #expect(provider.seen.last?.body["include"] == nil)
        }
    }
}
