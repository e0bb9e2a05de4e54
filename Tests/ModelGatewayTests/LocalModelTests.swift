import FoundationEssentials
import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// A real model behind the doors: llama.cpp with the product's own registry and no key of any provider.
@Suite(.enabled(if: LocalModelServer.isWanted, "deploy/models install smollm2-135m-instruct"))
struct LocalModelTests {
    private static let model = LocalModelServer.model

    /// Runs a test with the registry of the product, in which only the local model can be called.
    private func withModel(_ body: (TestGateway, LocalModelServer) async throws -> Void) async throws {
        let files = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/deploy/models-llm"
        let server = try await LocalModelServer.start()
        let gateway = try await TestGateway.start(
            models: String(contentsOf: URL(filePath: files + "/models.yaml"), encoding: .utf8),
            pricing: String(contentsOf: URL(filePath: files + "/pricing.yaml"), encoding: .utf8),
            environment: ["LLAMACPP_BASE_URL": server.url])
        do {
            try await body(gateway, server)
        } catch {
            await gateway.stop()
            throw error
        }
        await gateway.stop()
        server.stop()
    }

    private func question(_ words: String, tokens: Int, stream: Bool = false, _ more: [String: JSONValue] = [:]) -> JSONValue {
        let members: [String: JSONValue] = [
            "model": .string(Self.model), "messages": [["role": "user", "content": .string(words)]],
            "max_tokens": .integer(Int64(tokens)), "temperature": 0, "stream": .bool(stream),
        ]
        return .object(members.merging(more) { $1 })
    }

    /// Asks a question that the model answers.
    /// - Throws: when it does not; the issue shows what came instead.
    private func answer(
        _ gateway: TestGateway, _ question: JSONValue, at path: String = "/v1/chat/completions"
    ) async throws -> JSONValue {
        let answer = try await gateway.json(.post, path, question)
        try #require(answer.status == 200, "\(answer.document) \(gateway.log.suffix(2000))")
        return answer.document
    }

    /// The documents of an event stream.
    private func documents(_ response: ClientResponse) async throws -> [JSONValue] {
        let text = String(decoding: try await response.collect(upTo: .mib(8)), as: UTF8.self)
        return try text.split(separator: "\n").filter { $0.hasPrefix("data: {") }.map {
            try JSONValue(parsing: Bytes($0.dropFirst(6).utf8))
        }
    }

    @Test func theSameWordsComeInPiecesAndWholeThroughEveryDoor() async throws {
        try await withModel { gateway, _ in
            let words = "Name three rivers."
            let whole = try await gateway.json(.post, "/v1/chat/completions", question(words, tokens: 24))
            #expect(whole.status == 200, "\(whole.document)")
            #expect(whole.headers["X-AVStudio-Cost"] == "0.000000000")
            let text = try #require(whole.document["choices"]?[0]?["message"]?["content"]?.stringValue)
            let usage = try #require(whole.document["usage"])
            #expect(usage["completion_tokens"] == 24)

            let asked = question(words, tokens: 24, stream: true, ["stream_options": ["include_usage": true]])
            let chunks = try await documents(try await gateway.send(.post, "/v1/chat/completions", asked))
            let pieces = chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue }.filter { !$0.isEmpty }
            #expect(pieces.joined() == text)
            #expect(pieces.count > 10, "the answer came in \(pieces.count) pieces")
            let told = try #require(chunks.compactMap { $0["usage"] }.last { $0 != .null })
            #expect(told["prompt_tokens"] == usage["prompt_tokens"] && told["completion_tokens"] == 24)

            let events = try await documents(
                try await gateway.send(.post, "/v1/messages", question(words, tokens: 24, stream: true)))
            #expect(events.compactMap { $0["delta"]?["text"]?.stringValue }.joined() == text)
            #expect(events.last { $0["type"] == "message_delta" }?["usage"]?["output_tokens"] == 24)
            #expect(events.last { $0["type"] == "message_delta" }?["delta"]?["stop_reason"] == "max_tokens")
        }
    }

    @Test func aCallerWhoLeavesStopsTheModel() async throws {
        try await withModel { gateway, server in
            let stream = try await gateway.send(
                .post, "/v1/chat/completions", question("Count from one to a thousand.", tokens: 2000, stream: true))
            for try await _ in stream.body { break }
            stream.body.cancel()
            // llama.cpp says how many tokens the slot held when it let go of the call.
            var released: Substring?
            try await eventually("the model stops") {
                released = server.log.split(separator: "\n").first { $0.contains("stop processing: n_tokens") }
                return released != nil
            }
            let tokens = released?.split(separator: "n_tokens = ").last.flatMap { Int($0.prefix { $0.isNumber }) }
            #expect((tokens ?? 2000) < 1000, "\(released ?? "")")
            // What came is counted, though the model could no longer tell.
            let total = try await gateway.total(ofCalls: 1)
            #expect((1..<1000).contains(total["output_tokens"]?.integerValue ?? 0), "\(total)")
        }
    }

    @Test func theLedgerHasTheModelsOwnCounts() async throws {
        try await withModel { gateway, _ in
            let answer = try await answer(gateway, question("Say hello.", tokens: 12), at: "/v1/messages")
            let usage = try #require(answer["usage"])
            let total = try await gateway.total(ofCalls: 1)
            #expect(total["output_tokens"] == usage["output_tokens"])
            let cached = usage["cache_read_input_tokens"]?.integerValue ?? 0
            #expect(total["input_tokens"]?.integerValue == (usage["input_tokens"]?.integerValue ?? 0) + cached)
            #expect(total["cost"]?.doubleValue == 0, "\(total)")
        }
    }

    @Test func estimatesOfTokensAreNearTheModelsOwnCounts() async throws {
        let english = "The committee met on Tuesday to discuss the new railway, which had been delayed twice by floods. "
        let code = "func area(of radius: Double) -> Double {\n    return Double.pi * radius * radius\n}\n"
        try await withModel { gateway, _ in
            for text in [english, code] {
                let long = String(repeating: text, count: 4)
                let counted = try await gateway.json(
                    .post, "/v1/messages/count_tokens",
                    ["model": .string(Self.model), "messages": [["role": "user", "content": .string(long)]]])
                let estimate = try #require(counted.document["input_tokens"]?.doubleValue)
                let answer = try await answer(gateway, question(long, tokens: 1))
                let real = try #require(answer["usage"]?["prompt_tokens"]?.doubleValue)
                // The model's template adds about 20 tokens of a system message.
                #expect((0.7...1.4).contains(estimate / real), "estimated \(estimate), counted \(real)")
            }
        }
    }

    @Test func whatIsTooLongIsRefused() async throws {
        try await withModel { gateway, server in
            let long = String(repeating: "word ", count: 20_000)
            let refused = try await gateway.json(.post, "/v1/chat/completions", question(long, tokens: 10))
            #expect(refused.status == 400 && refused.document["error"]?["code"] == "context_length_exceeded", "\(refused.document)")
            #expect(!server.log.contains("task"), "the model was asked all the same")
            // Signs that take more tokens than the estimate says: the model's own refusal becomes the same one.
            let dense = (0..<2600).map { String(UnicodeScalar(0x1_2000 + $0 % 900) ?? " ") }.joined()
            let overflow = try await gateway.json(.post, "/v1/chat/completions", question(dense, tokens: 10))
            #expect(overflow.status == 400, "\(overflow.document)")
            #expect(overflow.document["error"]?["code"] == "context_length_exceeded", "\(overflow.document)")
        }
    }

    @Test func aSchemaIsKeptTo() async throws {
        try await withModel { gateway, _ in
            let schema: JSONValue = [
                "type": "object", "properties": ["city": ["type": "string", "maxLength": 12], "large": ["type": "boolean"]],
                "required": ["city", "large"], "additionalProperties": false,
            ]
            let format: JSONValue = ["type": "json_schema", "json_schema": ["name": "city", "schema": schema, "strict": true]]
            let asked = question("A city and whether it is large, as JSON.", tokens: 60, ["response_format": format])
            let answer = try await answer(gateway, asked)
            let text = try #require(answer["choices"]?[0]?["message"]?["content"]?.stringValue, "\(answer)")
            let found = try JSONValue(parsing: Bytes(text.utf8))
            #expect(found["city"]?.stringValue != nil && found["large"]?.boolValue != nil, "\(text)")
            // A model without tools says so, instead of forgetting them.
            let tools: JSONValue = [["type": "function", "function": ["name": "weather", "parameters": ["type": "object"]]]]
            let toolCall = question("The weather in Paris?", tokens: 10, ["tools": tools])
            #expect(try await gateway.json(.post, "/v1/chat/completions", toolCall).status == 400)
        }
    }

    @Test func aModelIsOfferedWhileItRuns() async throws {
        try await withModel { gateway, server in
            func offered() async throws -> [JSONValue] {
                try await gateway.json(.get, "/v1/models").document["data"]?.arrayValue?.compactMap { $0["id"] } ?? []
            }
            try await eventually("the model is offered") { try await offered() == [.string(Self.model)] }
            let chosen = try await gateway.json(.post, "/llm/chat", ["prompt": "Hello", "model": "auto", "max_tokens": 3])
            #expect(chosen.headers["X-AVStudio-Model"] == Self.model, "\(chosen.document)")
            let stream = try await gateway.send(
                .post, "/v1/chat/completions", question("Count from one to a thousand.", tokens: 2000, stream: true))
            for try await _ in stream.body {
                server.stop()
                break
            }
            let rest = String(decoding: try await stream.collect(upTo: .mib(8)), as: UTF8.self)
            #expect(rest.contains("\"error\"") && !rest.contains("[DONE]"), "\(rest.suffix(300))")
            try await eventually("it is offered no more") { try await offered().isEmpty }
            let route = try await gateway.json(.post, "/gateway/route", ["prompt": "Hello", "model": "auto"])
            let rejected = route.document["rejected"]?.arrayValue ?? []
            #expect(rejected.contains { $0["model"]?.stringValue == Self.model && $0["code"] == "not-running" })
        }
    }
}
