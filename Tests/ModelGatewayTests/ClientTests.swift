import FoundationEssentials
import HTTP
import Primitives
import TestSupport
import Testing

/// The official SDKs as clients of the doors.
@Suite struct ClientTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let python = root + "/var/test-venv/bin/python"
    private static var isWanted: Bool { ClientPrograms.areWanted(python) }
    private static let vocabularies = root + "/var/models/openai-encodings"
    private static let models = ["gpt", "claude", "gem", "llama"]

    private func run(_ script: String, _ gateway: TestGateway, _ path: String) async throws -> JSONValue {
        let run = try await CommandRun.run(
            Self.python, [Self.root + "/Tests/Clients/\(script)", gateway.url + path, gateway.ownerKey] + Self.models)
        try #require(run.status == 0, "\(run.errors)")
        return try JSONValue(parsing: Bytes(run.output.utf8))
    }

    /// OpenAI's own tokenizer on strings that nobody has thought of; the same ones in every run.
    @Test(
        .enabled(if: ClientPrograms.areWanted(python, vocabularies), "deploy/test installs the SDKs"),
        arguments: ["o200k_base", "cl100k_base"])
    func tokensAreThoseOfTiktoken(_ encoding: String) async throws {
        let packages = Self.root + "/var/test-venv/lib/python3.11/site-packages"
        let run = try await CommandRun.run(
            Self.python,
            [
                Self.root + "/Tests/Clients/token_counts.py", encoding, "--strings", "2000", "--seed", "20261122", "--counter",
                TestStudio.programs + "/avstudio-token-counter", "--vocabularies", Self.vocabularies,
            ], environment: ["TIKTOKEN_CACHE_DIR": packages + "/litellm/litellm_core_utils/tokenizers"])
        #expect(run.status == 0 && run.output == "2000 passed, 0 failed\n", "\(run.output)\(run.errors)")
    }

    @Test(.enabled(if: isWanted, "deploy/test installs the SDKs")) func openAI() async throws {
        try await StandIn.with { gateway, provider in
            let found = try await run("openai_models.py", gateway, "/v1")
            for model in Self.models {
                let talk = try #require(found["talks"]?[model])
                #expect(talk["text"]?.stringValue == ModelProviderServer.reply, "\(model)")
                #expect(talk["finish"] == "stop")
                #expect(talk["usage"] == [21, 9], "\(model)")
                #expect(talk["stream"]?.stringValue == ModelProviderServer.reply, "\(model)")
                #expect((talk["pieces"]?.integerValue ?? 0) > 3, "\(model): the answer came in one piece")
                #expect(talk["stream usage"] == [21, 9], "\(model)")
                #expect(talk["usage that nobody asked for"] == false)
                #expect(talk["tool"] == ["weather", ["city": "Paris"], "tool_calls"], "\(model)")
                #expect(talk["streamed tool"] == ["weather", "tool_calls"], "\(model)")
                #expect(talk["after the tool"]?.stringValue == ModelProviderServer.reply, "\(model)")
                #expect(talk["city"] == ["city": "Paris", "people": 2_100_000], "\(model)")
            }
            #expect(found["responses"]?["text"]?.stringValue == ModelProviderServer.reply)
            #expect(found["responses"]?["first"] == "response.created")
            #expect(found["responses"]?["last"] == "response.completed")
            let native = try #require(found["native responses"])
            for part in ["text", "stream", "after the tool"] {
                #expect(native[part]?.stringValue == ModelProviderServer.reply, "\(part)")
            }
            #expect(native["usage"] == [21, 9])
            #expect(native["tool"] == ["weather", ["city": "Paris"]] && native["streamed tool"] == native["tool"])
            #expect(native["city"] == ["city": "Paris", "people": 2_100_000])
            #expect(provider.seen.contains { $0.path == "/v1/responses" })
            #expect(found["vectors"] == [[0, 1, 0.5], [1, 3, 0.5]])
            #expect(
                found["models"] == [
                    "apiece", "careful", "claude", "dear", "gem", "gifted", "gpt", "guarded", "llama", "narrow", "paid-vectors",
                    "patient", "ponderer", "thinker", "vectors", "wordy",
                ])
            #expect(found["model"] == "gpt")
            let failures = try #require(found["failures"]?.objectValue)
            #expect(failures["unknown model"] == ["NotFoundError", 404, "model-not-found", "model"])
            #expect(failures["no key"] == ["AuthenticationError", 401, "invalid_api_key", nil])
            #expect(failures["no messages"]?[1] == 400)
            #expect(failures["wrong type"] == ["BadRequestError", 400, "wrong-type", "max_tokens"])
            #expect(failures["no such model"]?[0] == "NotFoundError")
            #expect(failures["model without a key"]?[1] == 400)
            #expect(failures["too long"] == ["BadRequestError", 400, "context_length_exceeded", nil])
            #expect(found["unknown parameters"] == [])
            #expect(found["headers"]?["model"] == "gpt")
            #expect(found["headers"]?["cost"] == "0.000111000")
            #expect(!provider.seen.contains { $0.headers.contains("x-avstudio-principal") })
        }
    }

    @Test(.enabled(if: isWanted, "deploy/test installs the SDKs")) func anthropic() async throws {
        try await StandIn.with { gateway, _ in
            let found = try await run("anthropic_models.py", gateway, "")
            for model in Self.models {
                let talk = try #require(found["talks"]?[model])
                #expect(talk["text"]?.stringValue == ModelProviderServer.reply, "\(model)")
                #expect(talk["finish"] == "end_turn")
                #expect(talk["usage"] == [21, 9], "\(model)")
                #expect(talk["stream"]?.stringValue == ModelProviderServer.reply, "\(model)")
                #expect((talk["pieces"]?.integerValue ?? 0) > 3, "\(model): the answer came in one piece")
                #expect(talk["stream output"] == 9, "\(model)")
                #expect(talk["events"] == ["message_start", "message_stop"])
                #expect(talk["tool"] == ["weather", ["city": "Paris"], "tool_use"], "\(model)")
                #expect(talk["streamed tool"] == [["weather", ["city": "Paris"]]], "\(model)")
                #expect(talk["after the tool"]?.stringValue == ModelProviderServer.reply, "\(model)")
            }
            #expect((5...20).contains(found["count"]?.integerValue ?? 0))
            #expect(found["unknown parameters"] == [])
            #expect(found["model"] == "gpt")
            let failures = try #require(found["failures"]?.objectValue)
            #expect(failures["unknown model"] == ["NotFoundError", 404, "not_found_error"])
            #expect(failures["no key"]?[1] == 401)
            #expect(failures["no messages"] == ["BadRequestError", 400, "invalid_request_error"])
            #expect(failures["wrong type"] == ["BadRequestError", 400, "invalid_request_error"])
        }
    }

    @Test(.enabled(if: isWanted, "deploy/test installs the SDKs")) func liteLLM() async throws {
        try await StandIn.with { gateway, _ in
            let found = try await run("litellm_models.py", gateway, "")
            for (door, model) in ["openai", "anthropic"].flatMap({ door in Self.models.map { (door, $0) } }) {
                let talk = try #require(found["talks"]?[door]?[model])
                #expect(talk["text"]?.stringValue == ModelProviderServer.reply, "\(door) \(model)")
                #expect(talk["finish"] == "stop", "\(door) \(model)")
                #expect(talk["usage"] == [21, 9], "\(door) \(model)")
                #expect(talk["stream"]?.stringValue == ModelProviderServer.reply, "\(door) \(model)")
                #expect((talk["pieces"]?.integerValue ?? 0) > 3, "\(door) \(model): the answer came in one piece")
                #expect(talk["stream usage"] == [21, 9], "\(door) \(model)")
                #expect(talk["tool"] == ["weather", ["city": "Paris"], "tool_calls"], "\(door) \(model)")
                #expect(talk["streamed tool"] == ["weather", ["city": "Paris"]], "\(door) \(model)")
                #expect(talk["after the tool"]?.stringValue == ModelProviderServer.reply, "\(door) \(model)")
            }
            #expect(found["vectors"] == [[0, 1, 0.5], [1, 3, 0.5]])
            for door in ["openai", "anthropic"] {
                let failures = try #require(found["failures"]?[door])
                #expect(failures["unknown model"] == ["NotFoundError", 404], "\(door)")
                #expect(failures["no key"] == ["AuthenticationError", 401], "\(door)")
                #expect(failures["too long"]?[1] == 400, "\(door): \(failures)")
            }
        }
    }
}
