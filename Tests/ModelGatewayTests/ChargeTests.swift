import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// What calls cost whose answers do not come to their ends.
@Suite struct ChargeTests {
    private func text(_ response: ClientResponse) async throws -> String {
        String(decoding: try await response.collect(upTo: .mib(8)), as: UTF8.self)
    }

    /// Anthropic tells one token of output at the beginning, and the rest at the end, which does not come.
    @Test(arguments: ["/v1/chat/completions", "/v1/messages"])
    func aMessageThatBreaksOffIsChargedByWhatCame(_ path: String) async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.close(afterEvents: 7))
            let response = try await gateway.send(.post, path, StandIn.question("claude", stream: true))
            #expect(try await text(response).contains("stand-in"))
            let total = try await gateway.total(ofCalls: 1)
            #expect(total["input_tokens"] == 21 && total["output_tokens"] == 6, "\(total)")
        }
    }

    /// What becomes of a call that was sent and not refused nobody knows: its input is charged, once for each attempt.
    @Test(arguments: [true, false]) func attemptsWithoutAnEndAreChargedTheirInput(_ isStreamed: Bool) async throws {
        let settings = ["model-first-byte-seconds": "0.5", "model-call-seconds": "1"]
        try await StandIn.with(settings: settings) { gateway, provider in
            // One cent a call, whatever it used; the last of them is asked a second time.
            var cases = [(ModelProviderServer.Turn.hangBeforeHead, 504, 0.01)]
            if !isStreamed { cases += [(.garbage, 502, 0.02), (.close(afterEvents: 0), 200, 0.04)] }
            for (index, (turn, status, cost)) in cases.enumerated() {
                provider.script(turn)
                let answer = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("apiece", stream: isStreamed))
                _ = try await answer.collect(upTo: .mib(1))
                #expect(answer.status.rawValue == status, "\(turn)")
                let total = try await gateway.total(ofCalls: .integer(Int64(index + 1)))
                #expect(abs((total["cost"]?.doubleValue ?? 0) - cost) < 1e-9, "\(turn): \(total)")
            }
        }
    }

    /// A provider whose filter lets nothing through tells what it has read all the same, and charges for it.
    @Test(arguments: [true, false]) func whatAFilterHasReadIsCharged(_ prompt: Bool) async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.block(prompt: prompt))
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("guarded"))
            #expect(answer.status == 200 && answer.headers["X-AVStudio-Fallbacks"] == "1", "\(answer.document)")
            let total = try await gateway.total(ofCalls: 1)
            // 21 tokens at 20 $ a million, and what Claude's answer costs.
            #expect(abs((total["cost"]?.doubleValue ?? 0) - 0.00042 - 0.0001872) < 1e-9, "\(total)")
            for stream in [false, true] {
                provider.script(.block(prompt: prompt))
                let refused = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gem", stream: stream))
                _ = try await refused.collect(upTo: .mib(1))
                #expect(refused.status.rawValue == 200)
            }
            // 21 tokens at 1 $ a million, twice.
            let all = try await gateway.total(ofCalls: 3)
            #expect(abs((all["cost"]?.doubleValue ?? 0) - 0.00042 - 0.0001872 - 0.000042) < 1e-9, "\(all)")
        }
    }

    @Test func refusalsAndDeadAddressesAreNotCharged() async throws {
        try await StandIn.with { gateway, provider in
            for status in [400, 401, 404, 500] {
                let refusals = [ModelProviderServer.Turn](repeating: .refuse(status: status), count: status == 500 ? 3 : 1)
                for refusal in refusals { provider.script(refusal) }
                _ = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece"))
            }
            #expect(try await gateway.total(ofCalls: 4)["cost"] == 0)
        }
    }

    /// Who leaves while the gateway still waits for a connection has sent nothing.
    @Test func aCallThatWasNotSentIsNotCharged() async throws {
        let dead = try SaturatedListener()
        func models(_ url: String) -> String {
            let rest = "/v1\", key_env: NO_SUCH_KEY"
            return StandIn.models(url).replacing(url + rest, with: "http://127.0.0.1:\(dead.port)" + rest)
        }
        let settings = ["model-connect-seconds": "60"]
        try await StandIn.with(settings: settings, environment: ["NO_SUCH_KEY": "x"], models: models) { gateway, provider in
            let budget: JSONValue = ["scope": "user", "period": "total", "limit": "1"]
            #expect(try await gateway.json(.put, "/gateway/budgets/all", budget).status == 200)
            for stream in [false, true] {
                let call = Task {
                    try await gateway.send(.post, "/v1/chat/completions", StandIn.question("keyless", stream: stream))
                }
                try await eventually("money is kept for the call") {
                    let account = try await gateway.json(.get, "/gateway/budgets").document["accounts"]?[0]
                    return account?["reserved"]?.doubleValue ?? 0 > 0
                }
                call.cancel()
                let total = try await gateway.total(ofCalls: stream ? 2 : 1)
                #expect(total["cost"] == 0 && total["input_tokens"] == 0, "\(total)")
            }
            let account = try await gateway.json(.get, "/gateway/budgets").document["accounts"]?[0]
            #expect(account?["spent"] == 0 && account?["reserved"] == 0, "\(account ?? .null)")
            #expect(provider.seen.isEmpty)
            // The callers left; nothing else ended their calls.
            try await eventually("both are in the audit log") {
                try await Administrator.audit(gateway).count { $0["model"] == "keyless" && $0["outcome"] == "cancelled" } == 2
            }
        }
    }

    /// What the model thought is told last of all: who leaves just before pays for it all the same.
    @Test func aCallerWhoLeavesBeforeTheUsagePaysWhatItTells() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.trickle(.milliseconds(100)))
            let stream = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("thinker", stream: true))
            for try await chunk in stream.body where String(decoding: chunk, as: UTF8.self).contains("\"stop\"") { break }
            stream.body.cancel()
            let total = try await gateway.total(ofCalls: 1)
            #expect(total["input_tokens"] == 21 && total["output_tokens"] == 9, "\(total)")
        }
    }

    /// Nobody knows how much a model has thought whose usage does not come: at most what was kept for the call is charged, and all
    /// of that when it had the time for so many tokens.
    @Test(arguments: [true, false]) func thoughtsOfAnAnswerWithoutUsageAreCharged(_ isRead: Bool) async throws {
        try await StandIn.with { gateway, provider in
            let budget: JSONValue = ["scope": "user", "period": "total", "limit": "1"]
            #expect(try await gateway.json(.put, "/gateway/budgets/all", budget).status == 200)
            var before = 0.0
            for (number, model) in ["gpt", "thinker"].enumerated() {
                provider.script(isRead ? .hang(afterEvents: 4) : .hangBeforeHead)
                let call = Task {
                    let stream = try await gateway.send(.post, "/v1/chat/completions", StandIn.question(model, stream: true))
                    for try await _ in stream.body { break }
                    return stream
                }
                try await eventually("the provider is called") { provider.seen.count == number + 1 }
                let account = try await gateway.json(.get, "/gateway/budgets").document["accounts"]?[0]
                let kept = try #require(account?["reserved"]?.doubleValue)
                #expect(kept >= 0.001)
                if isRead { try await call.value.body.cancel() } else { call.cancel() }
                await provider.waitForDepartures(number + 1)
                let total = try await gateway.total(ofCalls: .integer(Int64(number + 1)))["cost"]?.doubleValue ?? 0
                let cost = total - before
                before = total
                // A hundred tokens of output at 10 $ a million, beside the input.
                #expect(model == "thinker" ? abs(cost - kept) < 1e-9 : cost > 0 && cost < kept / 2, "\(model): \(cost) of \(kept)")
            }
        }
    }

    /// As long as a limit of its own lets a model think.
    private static func unlimited(_ url: String) -> String {
        StandIn.models(url).replacing("100000, maximum_output: 4096", with: "100000, maximum_output: 90000")
    }

    private static let thinking: JSONValue = [
        "model": "thinker", "stream": true, "messages": [["role": "user", "content": "Think."]],
    ]

    /// Without a limit of the caller's own all that such a model may say would be charged: for a moment it is what it can have
    /// thought in that moment, at the rate of thoughts where that is dearer.
    @Test(arguments: [true, false], [10.0, 40]) func thoughtsAreChargedByTheTimeThatTheyHad(_ isRead: Bool, _ rate: Double)
        async throws
    {
        let pricing = StandIn.pricing.replacing(
            "{model: thinker, input: 1, output: 10}", with: "{model: thinker, input: 1, output: 10, reasoning: \(Int(rate))}")
        try await StandIn.with(models: Self.unlimited, pricing: pricing) { gateway, provider in
            provider.script(isRead ? .hang(afterEvents: 4) : .hangBeforeHead)
            let start = ContinuousClock.now
            let call = Task {
                let stream = try await gateway.send(.post, "/v1/chat/completions", Self.thinking)
                for try await _ in stream.body { break }
                stream.body.cancel()
            }
            try await eventually("the provider is called") { provider.seen.count == 1 }
            if !isRead { call.cancel() }
            _ = await call.result
            let total = try await gateway.total(ofCalls: 1)
            let elapsed = (ContinuousClock.now - start).seconds
            // At so many dollars a million tokens: a thousand of them for each second, and for two more, some of which were seen.
            let cost = total["cost"]?.doubleValue ?? 0
            #expect(cost >= 0.00199 * rate && cost <= 0.0001 + (elapsed + 2) * rate / 1000, "\(total) in \(elapsed) s")
        }
    }

    /// A model that thinks before it speaks is as fast as its whole answers come, and not as the words at their ends do.
    @Test func thoughtsAreChargedByThePaceOfWholeAnswers() async throws {
        try await StandIn.with(models: Self.unlimited) { gateway, provider in
            for _ in 0..<5 {
                provider.script(.think(tokens: 300, .milliseconds(300)))
                _ = try await text(try await gateway.send(.post, "/v1/chat/completions", Self.thinking))
            }
            let before = try await gateway.total(ofCalls: 5)["cost"]?.doubleValue ?? 0
            provider.script(.hang(afterEvents: 4))
            let start = ContinuousClock.now
            let stream = try await gateway.send(.post, "/v1/chat/completions", Self.thinking)
            for try await _ in stream.body { break }
            stream.body.cancel()
            let cost = (try await gateway.total(ofCalls: 6)["cost"]?.doubleValue ?? 0) - before
            let elapsed = (ContinuousClock.now - start).seconds
            // Twice 309 tokens in 0.3 s, measured to a tenth: not the dollar that 90,000 of them would cost.
            let rate = 2 * 309 / 0.3 * 1.1 * 10 / 1_000_000
            #expect(cost >= 0.0199 && cost <= 0.0001 + (elapsed + 2) * rate, "\(cost) in \(elapsed) s")
        }
    }

    @Test(arguments: ["gpt", "claude", "gem"]) func usageThatComesTwiceIsChargedOnce(_ model: String) async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.usageTwice)
            let stream = try await gateway.send(.post, "/v1/messages", StandIn.question(model, stream: true))
            #expect(try await text(stream).contains("message_stop"))
            let total = try await gateway.total(ofCalls: 1)
            #expect(total["input_tokens"] == 21 && total["output_tokens"] == 9, "\(total)")
        }
    }

    @Test func aProviderThatTellsNoUsageIsChargedByCount() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.withoutUsage, .withoutUsage)
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            #expect(answer.headers["X-AVStudio-Cost"].flatMap(Double.init) ?? 0 > 0)
            _ = try await text(try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gpt", stream: true)))
            let total = try await gateway.total(ofCalls: 2)
            // Twice the reply's forty letters, four of them a token; what surrounds it in JSON is no part of the answer.
            #expect(total["output_tokens"] == 20, "\(total)")
        }
    }
}
