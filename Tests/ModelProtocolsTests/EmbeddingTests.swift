import ModelProtocols
import Primitives
import Testing

@Suite("Embeddings and model lists")
struct EmbeddingTests {
    private func request(_ fields: String) throws -> EmbeddingRequest {
        try EmbeddingDoor.decode(Bytes(#"{"model":"e",\#(fields)}"#.utf8))
    }

    static let inputs: [(String, EmbeddingRequest.Input)] = [
        (#""input":"a""#, .texts(["a"])), (#""input":["a","b"]"#, .texts(["a", "b"])), (#""input":[1,2]"#, .tokens([[1, 2]])),
        (#""input":[[1],[2,3]]"#, .tokens([[1], [2, 3]])),
    ]

    @Test("Every form of input is read", arguments: inputs)
    func forms(_ fields: String, _ expected: EmbeddingRequest.Input) throws {
        #expect(try request(fields).input == expected)
    }

    @Test(
        "What does not fit is told by name",
        arguments: [
            (#""x":1"#, "input"), (#""input":[]"#, "input"), (#""input":["a",1]"#, "input[1]"),
            (#""input":"a","encoding_format":"hex""#, "encoding_format"),
        ])
    func faults(_ fields: String, _ field: String) {
        #expect { try request(fields) } throws: { ($0 as? ModelRequestError)?.field == field }
    }

    static let calls: [(ProviderProfile.Wire, String, String, String)] = [
        (
            .openAIChat, "/embeddings", #"{"model":"up","input":["a","b"],"dimensions":2,"encoding_format":"base64"}"#,
            #"{"object":"list","data":[{"index":1,"embedding":"AADAPwAAAMA="},{"index":0,"embedding":[0.5,1]}],"#
                + #""usage":{"prompt_tokens":4}}"#
        ),
        (
            .gemini, "/v1beta/models/up:batchEmbedContents",
            #"{"requests":[{"model":"models/up","content":{"parts":[{"text":"a"}]},"#
                + #""outputDimensionality":2},{"model":"models/up","content":{"parts":[{"text":"b"}]},"outputDimensionality":2}]}"#,
            #"{"embeddings":[{"values":[0.5,1]},{"values":[1.5,-2]}],"usageMetadata":{"promptTokenCount":4}}"#
        ),
        (
            .ollama, "/api/embed", #"{"model":"up","input":["a","b"],"truncate":false,"dimensions":2}"#,
            #"{"model":"up","embeddings":[[0.5,1],[1.5,-2]],"prompt_eval_count":4}"#
        ),
    ]

    @Test("Every provider gives the same vectors", arguments: calls)
    func providers(_ wire: ProviderProfile.Wire, _ path: String, _ body: String, _ answer: String) throws {
        let request = try request(#""input":["a","b"],"dimensions":2"#)
        let call = try Fixtures.codec(wire).encode(request, model: "up")
        #expect(try call.path == path && JSONValue(parsing: call.body) == JSONValue(body))
        let response = try Fixtures.codec(wire).decodeEmbeddings(Bytes(answer.utf8), for: request)
        #expect(response.vectors == [[0.5, 1], [1.5, -2]] && response.usage.input == 4)
        #expect(throws: ProviderFailure.self) {
            try Fixtures.codec(wire).decodeEmbeddings(Bytes(answer.utf8), for: self.request(#""input":"a""#))
        }
    }

    @Test("Vectors are written as numbers or base64", arguments: [("float", #"[0.5,-2]"#), ("base64", #""AAAAPwAAAMA=""#)])
    func encodings(_ encoding: String, _ expected: String) throws {
        let response = EmbeddingResponse(model: "e", vectors: [[0.5, -2]], usage: ModelUsage(input: 3))
        let body = try JSONValue(
            parsing: EmbeddingDoor.encode(response, for: request(#""input":"a","encoding_format":"\#(encoding)""#)))
        #expect(body["data"]?[0]?["embedding"] == (try JSONValue(expected)) && body["usage"]?["total_tokens"] == 3)
    }

    @Test("Tokens are refused by providers with other vocabularies, and Anthropic has no vectors")
    func unsupported() throws {
        let tokens = try request(#""input":[1,2]"#)
        #expect(throws: ModelRequestError.self) { try Fixtures.codec(.ollama).encode(tokens, model: "up") }
        #expect(throws: ModelRequestError.self) { try Fixtures.codec(.gemini).encode(tokens, model: "up") }
        #expect(throws: ModelRequestError.self) { try Fixtures.codec(.anthropic).encode(request(#""input":"a""#), model: "up") }
    }

    @Test("Models are listed in the form of whose SDK asks")
    func models() throws {
        let models = [ModelListing(id: "m1", owner: "o")]
        #expect(try JSONValue(parsing: ModelListDoor.openAI(models))["data"]?[0]?["id"] == "m1")
        #expect(try JSONValue(parsing: ModelListDoor.anthropic(models))["last_id"] == "m1")
    }
}
