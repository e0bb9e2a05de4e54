import FoundationEssentials
import HTTP
import HTTPClient
import ModelGateway
import ModelProtocols
import ModelRouting
import Persistence
import Primitives
import TestSupport
import Testing

/// Answers that are given again.
@Suite struct CacheTests {
    private func ask(_ gateway: TestGateway, usage: Bool) async throws -> (cache: String?, text: String) {
        guard case .object(var question) = StandIn.question("gpt", stream: true) else { return (nil, "") }
        if usage { question["stream_options"] = ["include_usage": true] }
        let answer = try await gateway.send(
            .post, "/v1/chat/completions", .object(question), headers: ["Cache-Control": "max-age=60"])
        let text = String(decoding: try await answer.collect(upTo: .mib(1)), as: UTF8.self)
        return (answer.headers["X-AVStudio-Cache"], text)
    }

    /// The usage comes in a chunk without choices, which who has not asked for it does not expect.
    @Test func aStreamWithUsageIsNotGivenToWhoDidNotAsk() async throws {
        try await StandIn.with { gateway, _ in
            for usage in [true, false] {
                let first = try await ask(gateway, usage: usage)
                #expect(first.cache == "miss")
                #expect(first.text.contains("\"prompt_tokens\"") == usage)
                let again = try await ask(gateway, usage: usage)
                #expect(again.cache == "hit" && again.text == first.text)
            }
        }
    }

    @Test func betasAskForAnotherAnswer() async throws {
        try await StandIn.with { gateway, provider in
            for betas in [nil, "interleaved-thinking-2025-05-14", "effort-2025-11-24"] {
                for cache in ["miss", "hit"] {
                    var headers: HTTPHeaders = ["Cache-Control": "max-age=60"]
                    headers["anthropic-beta"] = betas
                    let answer = try await gateway.json(.post, "/v1/messages", StandIn.question("claude"), headers: headers)
                    #expect(answer.headers["X-AVStudio-Cache"] == cache, "\(betas ?? "")")
                }
            }
            #expect(provider.seen.count == 3)
        }
    }

    /// The cache tells requests apart by numbers that it holds exactly; those with larger ones it leaves alone.
    @Test func identifiersThatDifferInTheLastDigitAskForAnotherAnswer() async throws {
        try await withModelService { service, _, provider in
            let caller = ModelCaller(key: "k", user: "u", cache: CacheControl())
            for number in ["9223372036854775806", "9223372036854775807", "18446744073709551614", "18446744073709551615"] {
                let body = #"""
                    {"model": "gpt", "messages": [{"role": "user", "content": "Who?"}], "tools": [{"type": "function",
                    "function": {"name": "f", "parameters": {"const": \#(number)}}}]}
                    """#
                let answer = try await service.answer(DoorRequest(Bytes(body.utf8), door: .openAIChat), for: caller)
                #expect(answer.headers["X-AVStudio-Cache"] == (number.count < 20 ? "miss" : nil))
            }
            #expect(provider.seen.count == 4)
        }
    }

    @Test func aCacheThatCanNotBeReadIsAMiss() async throws {
        try await withModelService { service, database, provider in
            let caller = ModelCaller(key: "k", user: "u", cache: CacheControl())
            let request = try DoorRequest(StandIn.question("gpt").serialized(), door: .openAIChat)
            #expect(try await service.answer(request, for: caller).headers["X-AVStudio-Cache"] == "miss")
            #expect(try await service.answer(request, for: caller).headers["X-AVStudio-Cache"] == "hit")
            try await database.write { try $0.execute("DROP TABLE cached_response") }
            #expect(try await service.answer(request, for: caller).headers["X-AVStudio-Cache"] == "miss")
            #expect(provider.seen.count == 2)
        }
    }

    @Test func whatIsTooLongToKeepIsNotHeldMeanwhile() {
        var recording = AnswerRecording(limit: .bytes(10))
        recording.append(Bytes(repeating: 1, count: 6))
        recording.append(Bytes(repeating: 2, count: 4))
        #expect(recording.pieces?.map(\.count) == [6, 4])
        recording.append([3])
        #expect(recording.pieces == nil)
        recording.append([])
        #expect(recording.pieces == nil)
    }
}
