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
        try await StandIn.with(environment: ["NO_SUCH_KEY": "x"], models: models) { gateway, provider in
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

    /// Nobody knows how much a model has thought whose usage does not come: all that was kept is charged.
    @Test(arguments: [true, false]) func thoughtsOfAnAnswerWithoutUsageAreCharged(_ isRead: Bool) async throws {
        try await StandIn.with { gateway, provider in
            for model in ["gpt", "thinker"] {
                provider.script(isRead ? .hang(afterEvents: 4) : .hangBeforeHead)
                let call = Task {
                    let stream = try await gateway.send(.post, "/v1/chat/completions", StandIn.question(model, stream: true))
                    for try await _ in stream.body { break }
                    stream.body.cancel()
                }
                try await eventually("the provider is called") { provider.seen.count == (model == "gpt" ? 1 : 2) }
                if !isRead { call.cancel() }
                _ = await call.result
                await provider.waitForDepartures(model == "gpt" ? 1 : 2)
            }
            _ = try await gateway.total(ofCalls: 2)
            let groups = try await gateway.json(.get, "/gateway/cost?by=model").document["groups"]?.arrayValue ?? []
            for group in groups {
                // A hundred tokens of output at 10 $ a million.
                let isFull = group["cost"]?.doubleValue ?? 0 >= 0.001
                #expect(isFull == (group["group"] == "thinker"), "\(group)")
            }
            #expect(groups.count == 2)
        }
    }

    /// Without a limit of the caller's own all that such a model may say would be charged: for a moment it is what it can have
    /// thought in that moment.
    @Test(arguments: [true, false]) func thoughtsAreChargedByTheTimeThatTheyHad(_ isRead: Bool) async throws {
        let models = { (url: String) in
            StandIn.models(url).replacing("100000, maximum_output: 4096", with: "100000, maximum_output: 90000")
        }
        try await StandIn.with(models: models) { gateway, provider in
            provider.script(isRead ? .hang(afterEvents: 4) : .hangBeforeHead)
            let question: JSONValue = ["model": "thinker", "stream": true, "messages": [["role": "user", "content": "Think."]]]
            let start = ContinuousClock.now
            let call = Task {
                let stream = try await gateway.send(.post, "/v1/chat/completions", question)
                for try await _ in stream.body { break }
                stream.body.cancel()
            }
            try await eventually("the provider is called") { provider.seen.count == 1 }
            if !isRead { call.cancel() }
            _ = await call.result
            let total = try await gateway.total(ofCalls: 1)
            let elapsed = (ContinuousClock.now - start).seconds
            // At 10 $ a million tokens of output: a thousand of them for each second, and for two more.
            let cost = total["cost"]?.doubleValue ?? 0
            #expect(cost >= 0.02 && cost <= 0.0001 + (elapsed + 2) * 0.01, "\(total) in \(elapsed) s")
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
