import Contracts
import HTTP
import HTTPClient
import Messaging
import Primitives
import TestSupport
import Testing

/// The figures of a call in the message that tells of it.
@Suite struct MetricTests {
    /// What comes before the answer is no token of it: so many events, each after a pause.
    @Test func theFirstTokenIsToldWhenItComes() async throws {
        try await StandIn.with { gateway, provider in
            let bus = try await gateway.bus("metric-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 16)
            provider.script(.trickle(.milliseconds(100)))
            let answer = try await gateway.send(
                .post, "/v1/responses", ["model": "thinker", "input": "Say hello.", "stream": true])
            let text = String(decoding: try await answer.collect(upTo: .mib(1)), as: UTF8.self)
            let events = text.split(separator: "event: ")
            let before = events.prefix { !$0.hasPrefix("response.output_text.delta") }.count
            let message = try #require(try await metrics.makeAsyncIterator().next())
            let metric = try JSON.decode(ModelCallMetric.self, from: message.payload)
            #expect(before > 3 && (metric.firstTokenSeconds ?? 0) >= 0.1 * Double(before), "\(text)")
            await bus.drain()
        }
    }

    @Test func aMetricTellsOfTheCacheAndOfFallbacks() async throws {
        try await StandIn.with { gateway, provider in
            let bus = try await gateway.bus("metric-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 16).makeAsyncIterator()
            func told(_ model: String, headers: HTTPHeaders = [:]) async throws -> ModelCallMetric {
                let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question(model), headers: headers)
                #expect(answer.status == 200, "\(answer.document)")
                return try JSON.decode(ModelCallMetric.self, from: try #require(try await metrics.next()).payload)
            }
            let first = try await told("gpt", headers: ["Cache-Control": "max-age=60"])
            #expect(!first.isCacheHit && first.cost > 0 && first.fallbacks == 0 && first.firstTokenSeconds == nil)
            let again = try await told("gpt", headers: ["Cache-Control": "max-age=60"])
            #expect(again.isCacheHit && again.cost == 0 && abs(again.savedByCache - first.cost) < 1e-9)
            provider.script(.refuse(status: 401))
            let other = try await told("careful")
            #expect(other.fallbacks == 1 && other.model == "claude" && !other.isCacheHit)
            await bus.drain()
        }
    }
}
