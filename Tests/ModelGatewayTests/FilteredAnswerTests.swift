import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// Answers of which a provider's filter has let nothing through, where no other provider can be asked: SDKs know the finish
/// reason, and a failure would tell them that the request is wrong.
@Suite struct FilteredAnswerTests {
    private static let doors = ["/v1/chat/completions", "/v1/messages", "/v1/responses"]

    private func question(_ path: String, _ model: String, stream: Bool) -> JSONValue {
        guard path == "/v1/responses" else { return StandIn.question(model, stream: stream) }
        return ["model": .string(model), "input": "Say hello.", "stream": .bool(stream)]
    }

    /// Of `gpt` the first door passes the answer on as it is; all else is translated.
    @Test(arguments: ["gpt", "gem"], doors) func theProvidersOwnAnswerIsGiven(_ model: String, _ path: String) async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.block(prompt: false))
            let answer = try await gateway.json(.post, path, question(path, model, stream: false))
            #expect(answer.status == 200, "\(answer.document)")
            switch path {
            case "/v1/messages":
                #expect(answer.document["stop_reason"] == "refusal" && answer.document["content"] == [])
            case "/v1/responses":
                #expect(answer.document["status"] == "incomplete")
                #expect(answer.document["incomplete_details"]?["reason"] == "content_filter")
            default:
                let choice = answer.document["choices"]?[0]
                #expect(choice?["finish_reason"] == "content_filter", "\(answer.document)")
                #expect(choice?["message"]?["content"]?.stringValue ?? "" == "")
            }
            provider.script(.block(prompt: false))
            let stream = try await gateway.send(.post, path, question(path, model, stream: true))
            #expect(stream.status == .ok)
            let text = String(decoding: try await stream.collect(upTo: .mib(1)), as: UTF8.self)
            let end =
                switch path {
                case "/v1/messages": #""stop_reason":"refusal""#
                case "/v1/responses": #""reason":"content_filter""#
                default: #""finish_reason":"content_filter""#
                }
            #expect(text.contains(end) && !text.contains(#""error":{"#), "\(text)")
            #expect(try await gateway.total(ofCalls: 2)["input_tokens"] == 42)
        }
    }

    /// The next time another provider may be there, or the filter in a better mood.
    @Test(arguments: [false, true]) func itIsNotKept(_ stream: Bool) async throws {
        try await StandIn.with { gateway, provider in
            for turn in [ModelProviderServer.Turn.block(prompt: false), .answer, .answer] {
                provider.script(turn)
                let answer = try await gateway.send(
                    .post, "/v1/chat/completions", StandIn.question("gpt", stream: stream), headers: ["Cache-Control": "max-age=60"]
                )
                _ = try await answer.collect(upTo: .mib(1))
            }
            #expect(provider.seen.count == 2)
        }
    }
}
