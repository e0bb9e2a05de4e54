import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// Providers that are left alone for a while.
@Suite struct PatienceTests {
    @Test func withoutRetryAfterTheWaitGrows() async throws {
        try await StandIn.with { gateway, provider in
            provider.script(.refuse(status: 429), .refuse(status: 429))
            let start = ContinuousClock.now
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            #expect(answer.status == 200 && provider.seen.count == 3, "\(answer.document)")
            // One second, and then two.
            #expect(ContinuousClock.now - start >= .seconds(3))
        }
    }

    /// The first that asks again meets the next limit; the others wait for that one, too.
    @Test func callsThatWaitTogetherAreAllAnswered() async throws {
        try await StandIn.with { gateway, provider in
            // All have come before the first is refused.
            for _ in 0..<10 { provider.script(.refuse(status: 429, after: .seconds(1))) }
            provider.script(.refuse(status: 429))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt")).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 10))
        }
    }

    /// A server that is gone, and a proxy that says so in its place, are not asked for ever.
    @Test(arguments: [500, 503]) func whoFailsAgainAndAgainIsLeftAlone(_ status: Int) async throws {
        try await StandIn.with { gateway, provider in
            for _ in 0..<5 {
                provider.script(.refuse(status: status))
                let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("careful"))
                #expect(answer.headers["X-AVStudio-Model"] == "claude", "\(answer.document)")
            }
            let route = try await gateway.json(.post, "/gateway/route", ["model": "careful", "prompt": "x"])
            let rejected = route.document["rejected"]?.arrayValue ?? []
            #expect(rejected.first { $0["model"] == "careful" }?["code"] == "circuit-open", "\(route.document)")
            let seen = provider.seen.count
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("careful"))
            #expect(answer.headers["X-AVStudio-Model"] == "claude", "\(answer.document)")
            #expect(provider.seen.dropFirst(seen).map(\.path) == ["/v1/messages"])
        }
    }

    /// A server of one's own is looked after by its list of models; a tag that goes without saying is not in the way.
    @Test func aModelThatOllamaDoesNotHaveDoesNotRun() async throws {
        let local =
            "  - {id: small, capabilities: [chat], quality: 50, context_window: 9000, maximum_output: 4096, "
            + "token_family: estimate, deployments: [{provider: ollama}]}"
        try await StandIn.with(models: { StandIn.models($0) + "\n" + local }) { gateway, provider in
            func rejection(_ model: String) async throws -> JSONValue? {
                let route = try await gateway.json(.post, "/gateway/route", ["model": "auto", "prompt": "x"])
                return route.document["rejected"]?.arrayValue?.first { $0["model"]?.stringValue == model }?["code"]
            }
            provider.list(["llama:latest"])
            try await eventually("what is not in the list does not run") { try await rejection("small") == "not-running" }
            #expect(try await rejection("llama") == nil)
            let list = try await gateway.json(.get, "/llm/models").document["models"]?.arrayValue ?? []
            #expect(list.first { $0["id"] == "small" }?["available"] == false)
            #expect(list.first { $0["id"] == "llama" }?["available"] == true)
            provider.list(["llama:latest", "small"])
            try await eventually("what has come runs") { try await rejection("small") == nil }
        }
    }
}
