import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// What providers and callers do wrong.
@Suite struct FaultTests {
    private func text(_ response: ClientResponse) async throws -> String {
        String(decoding: try await response.collect(upTo: .mib(8)), as: UTF8.self)
    }

    /// What so many calls have cost, in dollars.
    private func cost(_ gateway: TestGateway, ofCalls count: JSONValue) async throws -> Double {
        try await gateway.total(ofCalls: count)["cost"]?.doubleValue ?? -1
    }

    /// 21 tokens, four of them from the cache, and nine of output at the stand-in's prices.
    private static let (gptCall, claudeCall) = (0.000111, 0.0001872)

    @Test(arguments: ["gpt", "claude", "llama"]) func aCallerWhoLeavesEndsTheCallUpstream(_ model: String) async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.hang(afterEvents: 4))
            let stream = try await gateway.send(.post, "/v1/chat/completions", StandIn.question(model, stream: true))
            #expect(stream.status == .ok)
            for try await _ in stream.body { break }
            stream.body.cancel()
            await provider.waitForDepartures(1)
            let total = try await gateway.total(ofCalls: 1)
            // Only what came is charged: a few tokens, not the hundred that were asked for.
            #expect((1...10).contains(total["output_tokens"]?.integerValue ?? 0), "\(total)")
        }
    }

    @Test func aCallerWhoLeavesBeforeTheHeadEndsTheCallUpstream() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.hangBeforeHead)
            let call = Task { try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gpt")) }
            try await eventually("the provider is called") { !provider.seen.isEmpty }
            call.cancel()
            await provider.waitForDepartures(1)
        }
    }

    @Test func patienceIsRetriedAndRetryAfterIsHonoured() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.refuse(status: 429, retryAfter: "1"))
            let start = ContinuousClock.now
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            #expect(answer.status == 200)
            #expect(ContinuousClock.now - start >= .seconds(1))
            #expect(provider.seen.count == 2)
            #expect(abs(try await cost(gateway, ofCalls: 1) - Self.gptCall) < 1e-9)
        }
    }

    @Test func aCallerWhoLeavesWhileTheProviderAsksForPatiencePaysNothing() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.refuse(status: 429, retryAfter: "15"))
            let call = Task { try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gpt")) }
            // The router knows of the patience as soon as the call waits.
            try await eventually("the call waits") {
                let route = try await gateway.json(.post, "/gateway/route", ["model": "gpt", "prompt": "x"])
                return route.document["rejected"]?[0]?["code"] == "rate-limited"
            }
            call.cancel()
            let total = try await gateway.total(ofCalls: 1)
            #expect(total["cost"] == 0 && total["input_tokens"] == 0, "\(total)")
            #expect(provider.seen.count == 1)
        }
    }

    @Test func aLongRetryAfterGoesBackToTheCaller() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.refuse(status: 429, retryAfter: "300"))
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            #expect(answer.status == 429)
            #expect(answer.headers["Retry-After"] == "300")
            #expect(provider.seen.count == 1)
            #expect(try await cost(gateway, ofCalls: 1) == 0)
        }
    }

    @Test(arguments: [429, 500, 503, 529]) func anotherModelTakesOver(_ status: Int) async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.refuse(status: status))
            let response = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("careful", stream: true))
            #expect(response.headers["X-AVStudio-Model"] == "claude")
            #expect(response.headers["X-AVStudio-Fallbacks"] == "1")
            #expect(try await text(response).contains("data: [DONE]"))
            #expect(provider.seen.map(\.path) == ["/v1/chat/completions", "/v1/messages"])
            #expect(abs(try await cost(gateway, ofCalls: 1) - Self.claudeCall) < 1e-9)
        }
    }

    /// Anthropic knows no seed: nobody is told of that who did not ask for Anthropic.
    @Test func aFallbackThatLacksAFieldIsPassedOver() async throws {
        try await StandIn.with { gateway, provider in
            for (model, status) in [("patient", 200), ("careful", 502)] {
                provider.script(.refuse(status: 401))
                var question = StandIn.question(model).objectValue ?? [:]
                question["seed"] = 7
                let answer = try await gateway.json(.post, "/v1/chat/completions", .object(question))
                #expect(answer.status == status, "\(answer.document)")
                if status == 200 { #expect(answer.headers["X-AVStudio-Model"] == "gpt") }
            }
            #expect(provider.seen.map(\.path) == [String](repeating: "/v1/chat/completions", count: 3))
        }
    }

    /// A provider that gives up where the reason to finish is has not answered.
    @Test func surrenderIsNoAnswer() async throws {
        try await StandIn.with { gateway, provider in
            for stream in [false, true] {
                provider.script(.giveUp("MALFORMED_FUNCTION_CALL"))
                let response = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gem", stream: stream))
                // A stream that comes all at once has failed before the caller had any of it.
                #expect(response.status.rawValue == 502 || (stream && response.status == .ok))
                let text = try await text(response)
                #expect(text.contains("\"error\"") && !text.contains("[DONE]"), "\(text)")
            }
            // 21 tokens at 1 $ and 9 at 2 $ a million, twice: the provider has told what it used all the same.
            #expect(abs(try await cost(gateway, ofCalls: 2) - 0.000078) < 1e-9)
            provider.script(.giveUp("insufficient_system_resource"))
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("careful"))
            #expect(answer.status == 200 && answer.headers["X-AVStudio-Model"] == "claude", "\(answer.document)")
            // Both, after 21 tokens and nine at 1 $ a million.
            #expect(abs(try await cost(gateway, ofCalls: 3) - 0.000078 - 0.00003 - Self.claudeCall) < 1e-9)
        }
    }

    /// What a call has cost that nobody answered, and the tokens that it has cost that for, are of all that were asked.
    @Test func tokensOfAFailedCallAreThoseThatItIsChargedFor() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.giveUp("insufficient_system_resource"), .giveUp("insufficient_system_resource"))
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("dear"))
            #expect(answer.status == 502 && provider.seen.count == 2, "\(answer.document)")
            let total = try await gateway.total(ofCalls: 1)
            #expect(abs((total["cost"]?.doubleValue ?? 0) - 0.03) < 1e-9, "\(total)")
            let (input, output) = (2 * ModelProviderServer.inputTokens, 2 * ModelProviderServer.outputTokens)
            #expect(total["input_tokens"] == JSONValue(input) && total["output_tokens"] == JSONValue(output), "\(total)")
        }
    }

    /// The reason to finish and the end may come in one read or in two, and the usage between them.
    @Test(arguments: ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/llm/stream"])
    func surrenderInAStreamIsNoAnswer(_ path: String) async throws {
        try await StandIn.with { gateway, provider in
            // OpenAI's own responses say so in other words.
            let models = path == "/v1/responses" ? ["ponderer"] : ["gpt", "ponderer"]
            for (index, model) in models.enumerated() {
                var question = StandIn.question(model, stream: true).objectValue ?? [:]
                if path == "/v1/responses" { question = ["model": .string(model), "input": "Say hello.", "stream": true] }
                provider.script(.giveUp(model == "gpt" ? "insufficient_system_resource" : "error"))
                let response = try await gateway.send(.post, path, .object(question), headers: ["Cache-Control": "max-age=60"])
                let text = try await text(response)
                #expect(text.contains("(malformed-answer)"), "\(text)")
                for end in ["[DONE]", "message_stop", "response.completed", "event: finish", "\"finish_reason\":\""] {
                    #expect(!text.contains(end), "\(text)")
                }
                let calls = Int64(2 * index + 1)
                #expect(abs(try await cost(gateway, ofCalls: .integer(calls)) - Double(calls) * Self.gptCall) < 1e-9)
                // It is not given again.
                let again = try await gateway.send(.post, path, .object(question), headers: ["Cache-Control": "max-age=60"])
                #expect(again.headers["X-AVStudio-Cache"] == "miss")
                _ = try await self.text(again)
            }
        }
    }

    /// One of several answers is enough, whole or streamed, passed on or translated.
    @Test(arguments: [false, true]) func oneOfSeveralAnswersMayFail(_ stream: Bool) async throws {
        try await StandIn.with { gateway, provider in
            for model in ["gpt", "ponderer"] {
                var question = StandIn.question(model, stream: stream).objectValue ?? [:]
                question["n"] = 2
                // Not a word of the other dialects.
                if model == "ponderer" { (question["max_tokens"], question["max_completion_tokens"]) = (nil, 100) }
                provider.script(.giveUpFirst("error"))
                let response = try await gateway.send(.post, "/v1/chat/completions", .object(question))
                let text = try await text(response)
                #expect(response.status == .ok && text.contains(stream ? "[DONE]" : ModelProviderServer.reply), "\(text)")
                #expect(text.split(separator: "\"finish_reason\":\"").count == 3 && !text.contains("provider-"), "\(text)")
            }
            #expect(abs(try await cost(gateway, ofCalls: 2) - 2 * Self.gptCall) < 1e-9)
        }
    }

    /// The first of several answers has ended, and the model thinks about the second.
    @Test(arguments: ["thinker", "ponderer"]) func severalAnswersAreWaitedFor(_ model: String) async throws {
        try await StandIn.with { gateway, provider in
            var question = StandIn.question(model, stream: true).objectValue ?? [:]
            question["n"] = 2
            if model == "ponderer" { (question["max_tokens"], question["max_completion_tokens"]) = (nil, 100) }
            // Longer than the usage of an answer that has ended is waited for.
            provider.script(.pause(afterEvents: 10, .milliseconds(3300)))
            let text = try await text(try await gateway.send(.post, "/v1/chat/completions", .object(question)))
            #expect(text.split(separator: " pieces.").count == 3 && text.contains("[DONE]"), "\(text)")
            #expect(abs(try await cost(gateway, ofCalls: 1) - Self.gptCall) < 1e-9)
        }
    }

    @Test(arguments: [true, false]) func whatOneModelCanNotAnotherIsAsked(_ stream: Bool) async throws {
        let settings = ["model-first-byte-seconds": "0.5", "model-call-seconds": "1"]
        let cases: [(String, ModelProviderServer.Turn)] = [
            ("careful", .hangBeforeHead), ("narrow", .refuseAs(status: 400, code: "context_length_exceeded")),
            ("careful", .refuseAs(status: 400, code: "content_filter")),
            ("careful", .refuseAs(status: 400, code: "invalid_prompt")),
            ("guarded", .block(prompt: true)), ("guarded", .block(prompt: false)),
        ]
        try await StandIn.with(settings: settings) { gateway, provider in
            for (model, turn) in cases {
                provider.script(turn)
                let response = try await gateway.send(.post, "/v1/chat/completions", StandIn.question(model, stream: stream))
                #expect(response.headers["X-AVStudio-Model"] == "claude", "\(turn)")
                #expect(try await text(response).contains(stream ? "data: [DONE]" : ModelProviderServer.reply), "\(turn)")
            }
            // A window no larger is no help, nor is the same provider's filter.
            for (model, code) in [("careful", "context_length_exceeded"), ("gpt", "content_filter")] {
                provider.script(.refuseAs(status: 400, code: code))
                let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question(model))
                #expect(answer.status == 400, "\(answer.document)")
            }
        }
    }

    @Test func anUnreachableModelIsStoodInFor() async throws {
        try await StandIn.with { gateway, _ in
            let answer = try await gateway.json(.post, "/v1/messages", StandIn.question("unreachable"))
            #expect(answer.status == 200, "\(answer.document)")
            #expect(answer.headers["X-AVStudio-Model"] == "gpt")
            #expect(abs(try await cost(gateway, ofCalls: 1) - Self.gptCall) < 1e-9)
        }
    }

    @Test(arguments: ["/v1/chat/completions", "/v1/messages"]) func aStreamThatBreaksOffSaysSo(_ path: String) async throws {
        try await StandIn.with { gateway, provider in
            for turn in [ModelProviderServer.Turn.close(afterEvents: 4), .garbage] {
                provider.script(turn)
                let response = try await gateway.send(.post, path, StandIn.question("careful", stream: true))
                #expect(response.status == .ok)
                let text = try await text(response)
                #expect(text.contains("\"error\""), "\(turn): \(text)")
                #expect(!text.contains("[DONE]") && !text.contains("message_stop"))
            }
            #expect(provider.seen.count == 2, "nobody else may be asked once the caller has bytes")
            let total = try await gateway.total(ofCalls: 2)
            #expect(total["output_tokens"]?.integerValue ?? 0 >= 6 && total["cost"]?.doubleValue ?? 0 > 0, "\(total)")
        }
    }

    @Test func deadlinesHold() async throws {
        let settings = ["model-first-byte-seconds": "0.3", "model-idle-seconds": "0.4", "model-call-seconds": "2"]
        try await StandIn.with(settings: settings) { gateway, provider in
            provider.script(.hangBeforeHead)
            let late = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt", stream: true))
            #expect(late.status == 504)
            provider.script(.hang(afterEvents: 3))
            let idle = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gpt", stream: true))
            #expect(try await text(idle).contains("\"error\""))
            provider.script(.trickle(.milliseconds(300)))
            let slow = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gpt", stream: true))
            #expect(try await text(slow).contains("\"error\""))
            provider.script(.hangBeforeHead)
            let whole = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            #expect(whole.status == 504)
            // The input of each, and what came.
            let total = try await gateway.total(ofCalls: 4)
            #expect(total["input_tokens"]?.integerValue ?? 0 >= 4 * 10 && total["output_tokens"]?.integerValue ?? 0 > 0, "\(total)")
        }
    }

    @Test func bytesThatComeOneByOneDoNotHoldACallForEver() async throws {
        // Neither wait is ever long enough by itself: only the whole call's limit ends it.
        let settings = ["model-first-byte-seconds": "1", "model-idle-seconds": "1", "model-call-seconds": "1.5"]
        try await StandIn.with(settings: settings) { gateway, provider in
            for (path, model) in [("/v1/chat/completions", "gpt"), ("/v1/messages", "claude")] {
                provider.script(.dribble(.milliseconds(100)))
                let response = try await gateway.send(.post, path, StandIn.question(model, stream: true))
                #expect(response.status.rawValue == 504 || response.status == .ok)
                #expect(try await text(response).contains("\"error\""))
                await provider.waitForDepartures(model == "gpt" ? 1 : 2)
            }
            #expect(try await cost(gateway, ofCalls: 2) > 0)
        }
    }

    /// A key must never go to an address that whoever writes the registry was talked into.
    @Test func addressesInsideTheNetworkAreNotCalled() async throws {
        let provider = try ModelProviderServer.start()
        let hosts = [
            "127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1", "[::ffff:127.0.0.1]", "169.254.169.254",
            "10.0.0.1", "0.0.0.0",
        ]
        let providers = hosts.enumerated().map { place, host in
            "  p\(place): {protocol: openai, base_url: \"http://\(host):\(provider.port)/v1\", key_env: STAND_IN_KEY}\n"
        }
        let models = hosts.indices.map { place in
            "  - {id: m\(place), capabilities: [chat], quality: 50, context_window: 9000, maximum_output: 4096, "
                + "token_family: estimate, deployments: [{provider: p\(place)}]}\n"
        }
        let prices = hosts.indices.map { "  - {model: m\($0), input: 1, output: 1}\n" }
        let gateway = try await TestGateway.start(
            models: "version: 1\nproviders:\n\(providers.joined())models:\n\(models.joined())",
            pricing: StandIn.pricing.replacing(/\ \ - .*\n?/, with: "") + prices.joined(),
            environment: ["STAND_IN_KEY": StandInModels.secret])
        for place in hosts.indices {
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("m\(place)"))
            #expect(answer.status == 502, "\(hosts[place]): \(answer.status) \(answer.document)")
        }
        #expect(provider.seen.isEmpty)
        await gateway.stop()
        await provider.stop()
    }

    @Test func neitherPromptNorKeyIsLogged() async throws {
        try await StandIn.with(settings: ["log-level": "debug"]) { gateway, provider in
            provider.script(.answer, .refuse(status: 400), .garbage, .refuse(status: 401))
            for stream in [false, false, true, true] {
                let answer = try await gateway.send(
                    .post, "/v1/chat/completions", StandIn.question("gpt", stream: stream, "the-secret-of-the-caller"))
                let text = try await text(answer)
                #expect(!text.contains(StandInModels.secret) && !text.contains("the-secret-of-the-caller"))
            }
            #expect(provider.seen.allSatisfy { $0.headers["authorization"] == "Bearer " + StandInModels.secret })
            let log = gateway.log
            #expect(log.contains("request"))
            #expect(
                !log.contains("the-secret-of-the-caller") && !log.contains(StandInModels.secret) && !log.contains(gateway.ownerKey))
        }
    }
}
